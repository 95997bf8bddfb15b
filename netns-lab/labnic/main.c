// SPDX-License-Identifier: GPL-2.0
/* Pairs of netdevs, each end of which is a NIC with DCB: what one sends the other receives. */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/module.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>
#include <uapi/linux/veth.h>

#include "labnic.h"

#define LABNIC_MTU_MAX		9216
/* The kernel's APP table knows ports by index alone, in all network namespaces: ours share none. */
#define LABNIC_INDEX_FIRST	10000

static int labnic_index = LABNIC_INDEX_FIRST;

void labnic_ops(struct labnic *nic)
{
	labnic_dcb_ops(nic);
	labnic_app_ops(nic);
	labnic_ethtool_ops(nic);
}

/* What the packet path needs to know of a frame. */
struct labnic_frame {
	int pcp;		/* of the outer tag, with DEI as bit 3; -1: untagged */
	int dscp;		/* -1: not IP */
	__be16 proto;
	unsigned int l3;	/* where it starts */
	unsigned int packets;
};

static int labnic_pcp_of(u16 tci)
{
	return tci >> VLAN_PRIO_SHIFT | !!(tci & VLAN_CFI_MASK) << 3;
}

static void labnic_frame_tags(const struct sk_buff *skb, struct labnic_frame *f)
{
	const struct vlan_hdr *tag;
	struct vlan_hdr buf;

	f->pcp = skb_vlan_tag_present(skb) ? labnic_pcp_of(skb_vlan_tag_get(skb)) : -1;
	while (eth_type_vlan(f->proto)) {
		tag = skb_header_pointer(skb, f->l3, sizeof(buf), &buf);
		if (!tag)
			return;
		if (f->pcp < 0)
			f->pcp = labnic_pcp_of(ntohs(tag->h_vlan_TCI));
		f->proto = tag->h_vlan_encapsulated_proto;
		f->l3 += VLAN_HLEN;
	}
}

static int labnic_frame_dscp(const struct sk_buff *skb, const struct labnic_frame *f)
{
	const __be16 *head;
	__be16 buf;

	if (f->proto != htons(ETH_P_IP) && f->proto != htons(ETH_P_IPV6))
		return -1;
	head = skb_header_pointer(skb, f->l3, sizeof(buf), &buf);
	if (!head)
		return -1;
	/* version, header length, ToS; or version, traffic class, 4 bits of the flow label */
	if (f->proto == htons(ETH_P_IP))
		return (ntohs(*head) & 0xff) >> 2;
	return (ntohs(*head) >> 4 & 0xff) >> 2;
}

/* skb->data is at the Ethernet header. */
static void labnic_frame_read(const struct sk_buff *skb, struct labnic_frame *f)
{
	f->proto = eth_hdr(skb)->h_proto;
	f->l3 = ETH_HLEN;
	f->packets = skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;
	labnic_frame_tags(skb, f);
	f->dscp = labnic_frame_dscp(skb, f);
}

static u8 labnic_prio(const struct labnic *nic, const struct labnic_frame *f)
{
	if (labnic_trusts_dscp(nic))
		return f->dscp < 0 ? 0 : nic->qos.dscp_prio[f->dscp];
	return f->pcp < 0 ? 0 : nic->pcp_prio[f->pcp];
}

static void labnic_counted(struct labnic_count *c, unsigned int packets, unsigned int bytes)
{
	atomic64_add(packets, &c->packets);
	atomic64_add(bytes, &c->bytes);
}

/* As a switch on the way that rewrites the DSCP: after the sender has chosen its priority. */
static int labnic_remark(struct sk_buff *skb, struct labnic_frame *f, u8 dscp)
{
	bool ipv4 = f->proto == htons(ETH_P_IP);
	size_t head = ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	void *ip;

	if (skb_ensure_writable(skb, f->l3 + head))
		return -ENOMEM;
	ip = skb->data + f->l3;
	if (ipv4)
		ipv4_change_dsfield(ip, INET_ECN_MASK, dscp << 2);
	else
		ipv6_change_dsfield(ip, INET_ECN_MASK, dscp << 2);
	f->dscp = dscp;
	return 0;
}

static void labnic_send(struct sk_buff *skb, struct labnic *nic, struct net_device *peer)
{
	struct labnic *to = labnic_of(peer);
	unsigned int bytes = skb->len;
	struct labnic_frame f;
	u8 prio;

	labnic_frame_read(skb, &f);
	prio = labnic_prio(nic, &f);
	if (nic->remark_dscp >= 0 && f.dscp >= 0 && labnic_remark(skb, &f, nic->remark_dscp)) {
		dev_kfree_skb_any(skb);
		dev_core_stats_tx_dropped_inc(nic->dev);
		return;
	}
	labnic_counted(&nic->tx[prio], f.packets, bytes);
	dev_sw_netstats_tx_add(nic->dev, f.packets, bytes);
	prio = labnic_prio(to, &f);
	if (dev_forward_skb(peer, skb) != NET_RX_SUCCESS)
		return;
	labnic_counted(&to->rx[prio], f.packets, bytes);
	dev_sw_netstats_rx_add(peer, bytes);
}

static netdev_tx_t labnic_start_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct labnic *nic = labnic_of(dev);
	struct net_device *peer;

	rcu_read_lock();
	peer = rcu_dereference(nic->peer);
	if (peer && netif_carrier_ok(dev) && pskb_may_pull(skb, ETH_HLEN)) {
		skb_tx_timestamp(skb);
		labnic_send(skb, nic, peer);
	} else {
		dev_kfree_skb_any(skb);
		dev_core_stats_tx_dropped_inc(dev);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}

/* There is a link while both ends are up and neither holds it down. */
static void labnic_link_update(struct labnic *nic)
{
	struct net_device *peer = rtnl_dereference(nic->peer);
	bool up = peer && netif_running(nic->dev) && netif_running(peer) &&
		  !nic->held_down && !labnic_of(peer)->held_down;

	if (up) {
		netif_carrier_on(nic->dev);
		netif_carrier_on(peer);
		return;
	}
	netif_carrier_off(nic->dev);
	if (peer)
		netif_carrier_off(peer);
}

/* As mlx5 does after it has written another PFC mask. */
void labnic_link_toggle(struct labnic *nic)
{
	nic->held_down = true;
	labnic_link_update(nic);
	if (!nic->stays_down)
		labnic_link_release(nic);
}

void labnic_link_release(struct labnic *nic)
{
	mod_delayed_work(system_percpu_wq, &nic->link_work, msecs_to_jiffies(nic->link_down_ms));
}

static void labnic_link_work(struct work_struct *work)
{
	struct labnic *nic = container_of(to_delayed_work(work), struct labnic, link_work);

	/* Whoever takes the netdev away holds RTNL and waits for this. */
	if (!rtnl_trylock()) {
		mod_delayed_work(system_percpu_wq, &nic->link_work, 1);
		return;
	}
	if (!nic->stays_down) {
		nic->held_down = false;
		labnic_link_update(nic);
	}
	rtnl_unlock();
}

static int labnic_open(struct net_device *dev)
{
	labnic_link_update(labnic_of(dev));
	return 0;
}

static int labnic_stop(struct net_device *dev)
{
	labnic_link_update(labnic_of(dev));
	return 0;
}

static void labnic_uninit(struct net_device *dev)
{
	disable_delayed_work_sync(&labnic_of(dev)->link_work);
	disable_delayed_work_sync(&labnic_of(dev)->firmware_work);
}

static const struct net_device_ops labnic_netdev_ops = {
	.ndo_uninit		= labnic_uninit,
	.ndo_open		= labnic_open,
	.ndo_stop		= labnic_stop,
	.ndo_start_xmit		= labnic_start_xmit,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
	.ndo_features_check	= passthru_features_check,
};

#define LABNIC_FEATURES (NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | NETIF_F_RXCSUM | \
			 NETIF_F_HIGHDMA | NETIF_F_GSO_SOFTWARE)

static void labnic_setup(struct net_device *dev)
{
	struct labnic *nic = netdev_priv(dev);

	ether_setup(dev);
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE;
	dev->lltx = true;
	dev->max_mtu = LABNIC_MTU_MAX;
	dev->netdev_ops = &labnic_netdev_ops;
	dev->needs_free_netdev = true;
	dev->pcpu_stat_type = NETDEV_PCPU_STAT_TSTATS;
	dev->features |= LABNIC_FEATURES;
	dev->hw_features = LABNIC_FEATURES;
	dev->hw_enc_features = LABNIC_FEATURES;
	dev->vlan_features = LABNIC_FEATURES;
	dev->sysfs_groups[0] = &labnic_group;

	nic->dev = dev;
	nic->link_down_ms = 200;
	nic->remark_dscp = -1;
	INIT_DELAYED_WORK(&nic->link_work, labnic_link_work);
	labnic_dcb_init(nic);
	labnic_app_init(nic);
	labnic_firmware_init(nic);
	labnic_ethtool_init(nic);
	labnic_ops(nic);
}

static int labnic_register(struct net_device *dev, struct nlattr *tb[])
{
	int r;

	if (tb[IFLA_IFNAME])
		nla_strscpy(dev->name, tb[IFLA_IFNAME], IFNAMSIZ);
	else
		strscpy(dev->name, "labnic%d", IFNAMSIZ);
	if (!tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);
	if (!dev->ifindex)
		dev->ifindex = labnic_index++;
	r = register_netdevice(dev);
	if (!r)
		netif_carrier_off(dev);
	return r;
}

static struct rtnl_link_ops labnic_link_ops;

static struct net_device *labnic_new_peer(struct rtnl_newlink_params *params,
					  struct netlink_ext_ack *extack)
{
	const struct nlattr *nested = params->data ? params->data[VETH_INFO_PEER] : NULL;
	const struct ifinfomsg *ifm = nested ? nla_data(nested) : NULL;
	struct nlattr *tb[IFLA_MAX + 1] = {};
	struct net_device *peer;
	int r = 0;

	if (nested)
		r = rtnl_nla_parse_ifinfomsg(tb, nested, extack);
	if (r)
		return ERR_PTR(r);
	peer = rtnl_create_link(rtnl_newlink_peer_net(params), "labnic%d",
				tb[IFLA_IFNAME] ? NET_NAME_USER : NET_NAME_ENUM,
				&labnic_link_ops, tb, extack);
	if (IS_ERR(peer))
		return peer;
	peer->ifindex = ifm ? ifm->ifi_index : 0;
	r = labnic_register(peer, tb);
	if (r) {
		free_netdev(peer);
		return ERR_PTR(r);
	}
	r = rtnl_configure_link(peer, ifm, 0, NULL);
	if (r) {
		unregister_netdevice(peer);
		return ERR_PTR(r);
	}
	return peer;
}

static int labnic_newlink(struct net_device *dev, struct rtnl_newlink_params *params,
			  struct netlink_ext_ack *extack)
{
	struct net_device *peer = labnic_new_peer(params, extack);
	int r;

	if (IS_ERR(peer))
		return PTR_ERR(peer);
	r = labnic_register(dev, params->tb);
	if (r) {
		unregister_netdevice(peer);
		return r;
	}
	rcu_assign_pointer(labnic_of(dev)->peer, peer);
	rcu_assign_pointer(labnic_of(peer)->peer, dev);
	return 0;
}

static void labnic_dellink(struct net_device *dev, struct list_head *head)
{
	struct net_device *peer = rtnl_dereference(labnic_of(dev)->peer);

	RCU_INIT_POINTER(labnic_of(dev)->peer, NULL);
	unregister_netdevice_queue(dev, head);
	/* NULL when both ends are in a namespace that goes: then this is called for each. */
	if (!peer)
		return;
	RCU_INIT_POINTER(labnic_of(peer)->peer, NULL);
	unregister_netdevice_queue(peer, head);
}

static int labnic_validate(struct nlattr *tb[], struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS] && (nla_len(tb[IFLA_ADDRESS]) != ETH_ALEN ||
				 !is_valid_ether_addr(nla_data(tb[IFLA_ADDRESS]))))
		return -EADDRNOTAVAIL;
	return 0;
}

/* The same attributes as veth's: ip knows how to write them. */
static const struct nla_policy labnic_policy[VETH_INFO_MAX + 1] = {
	[VETH_INFO_PEER] = { .len = sizeof(struct ifinfomsg) },
};

static struct rtnl_link_ops labnic_link_ops = {
	.kind		= "labnic",
	.priv_size	= sizeof(struct labnic),
	.setup		= labnic_setup,
	.validate	= labnic_validate,
	.newlink	= labnic_newlink,
	.dellink	= labnic_dellink,
	.policy		= labnic_policy,
	.peer_type	= VETH_INFO_PEER,
	.maxtype	= VETH_INFO_MAX,
};

/* The kernel forgets a netdev's APP entries also when it moves to another network namespace. */
static int labnic_netdev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);

	if (event == NETDEV_UNREGISTER && dev->netdev_ops == &labnic_netdev_ops)
		labnic_app_forget(labnic_of(dev));
	return NOTIFY_DONE;
}

static struct notifier_block labnic_notifier = {
	.notifier_call = labnic_netdev_event,
};

static int __init labnic_module_init(void)
{
	int r = register_netdevice_notifier(&labnic_notifier);

	if (r)
		return r;
	r = rtnl_link_register(&labnic_link_ops);
	if (r)
		unregister_netdevice_notifier(&labnic_notifier);
	return r;
}

static void __exit labnic_module_exit(void)
{
	rtnl_link_unregister(&labnic_link_ops);
	unregister_netdevice_notifier(&labnic_notifier);
}

module_init(labnic_module_init);
module_exit(labnic_module_exit);
MODULE_DESCRIPTION("Pairs of netdevs with DCB, for tests");
MODULE_LICENSE("GPL");
MODULE_ALIAS_RTNL_LINK("labnic");
