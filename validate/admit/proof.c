/* SPDX-License-Identifier: MIT */
/* HMAC-SHA256 over who, with whom, what for, and how fresh; libcrypto does the arithmetic. */
#include "validate/admit/proof.h"

#include <endian.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <unistd.h>

/* What the HMAC is taken of. All has its fixed length, so that no two meanings have the same bytes; addresses of IPv4
 * are in the form of IPv6 (::ffff:10.0.0.1). */
struct statement {
	char purpose[16];
	uint8_t asker[16], server[16];
	uint8_t asked[NONCE_BYTES], served[NONCE_BYTES];
	uint8_t digest[PROOF_BYTES]; /* SHA-256 of what it covers */
	uint16_t service;	     /* big-endian */
} __attribute__((packed));

static void address_put(const struct ip *ip, uint8_t to[16])
{
	memset(to, 0, 16);
	if (ip->family == AF_INET)
		to[10] = to[11] = 0xff;
	memcpy(to + 16 - ip_size(ip->family), ip->bytes, ip_size(ip->family));
}

static const char *purpose_text(enum proof_purpose p)
{
	static const char *const text[] = {
		[PROOF_ASK] = "doroce ask", [PROOF_TELL] = "doroce tell", [PROOF_CONNECT] = "doroce connect",
	};

	return text[p];
}

int proof_make(const struct admit_key *k, const struct proof_of *p, const void *data, size_t n, uint8_t ret[PROOF_BYTES])
{
	struct statement s = { .service = htobe16(p->service) };
	uint8_t mac[PROOF_BYTES];

	strncpy(s.purpose, purpose_text(p->purpose), sizeof(s.purpose) - 1);
	address_put(&p->asker, s.asker);
	address_put(&p->server, s.server);
	memcpy(s.asked, p->asked, sizeof(s.asked));
	memcpy(s.served, p->served, sizeof(s.served));
	if (!EVP_Digest(data, n, s.digest, NULL, EVP_sha256(), NULL) ||
	    !HMAC(EVP_sha256(), k->bytes, (int)k->n, (const void *)&s, sizeof(s), mac, NULL))
		return -EIO;
	memcpy(ret, mac, sizeof(mac));
	return 0;
}

bool proof_is(const struct admit_key *k, const struct proof_of *p, const void *data, size_t n,
	      const uint8_t proof[PROOF_BYTES])
{
	uint8_t own[PROOF_BYTES];

	return proof_make(k, p, data, n, own) == 0 && CRYPTO_memcmp(own, proof, sizeof(own)) == 0;
}

int nonce_make(uint8_t ret[NONCE_BYTES])
{
	return getentropy(ret, NONCE_BYTES) < 0 ? -errno : 0;
}

int ticket_put(const struct ticket *t, const struct ip *src, const struct ip *dst, uint16_t service, void *data,
	       size_t hello)
{
	uint8_t *behind = (uint8_t *)data + hello;
	struct proof_of p = { .purpose = PROOF_CONNECT, .asker = *src, .server = *dst, .service = service };

	if (!t || !t->key)
		return (int)hello;
	memcpy(p.served, t->nonce, sizeof(p.served));
	if (proof_make(t->key, &p, data, hello, behind + 4) < 0)
		return -EIO;
	memcpy(behind, &(uint32_t){ htobe32(t->epoch) }, 4);
	return (int)(hello + TICKET_PROOF);
}
