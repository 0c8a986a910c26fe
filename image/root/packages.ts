/** What the root of a device is made of. Everything that a terminal can do without is left out: it would only need patches. */
import type { TargetName } from '../targets.ts';

export const SUITE = 'bookworm';

export const DEBIAN_ARCHITECTURES: Readonly<Record<TargetName, string>> = {
  'linux-x64': 'amd64',
  'linux-arm64': 'arm64',
};

const KERNELS: Readonly<Record<TargetName, string>> = {
  'linux-x64': 'linux-image-amd64',
  'linux-arm64': 'linux-image-arm64',
};

/** With their dependencies. */
const PACKAGES = [
  ['base-files', 'base-passwd', 'netbase', 'tzdata'],
  ['coreutils', 'dash', 'grep', 'sed', 'procps', 'util-linux', 'mount', 'kmod', 'e2fsprogs', 'dmsetup'],
  ['systemd', 'systemd-sysv', 'systemd-resolved', 'systemd-timesyncd', 'systemd-boot-efi', 'udev', 'dbus'],
  ['rauc', 'rauc-service'],
  // What the runtime links to.
  ['libc6', 'libstdc++6', 'libgcc-s1'],
  // For the initrd alone. The kernel asks for a maker of initrds; this is the smallest, and ours is made in `initrd.ts`.
  ['busybox-static', 'tiny-initramfs'],
].flat();

export const packagesOf = (target: TargetName): readonly string[] => [...PACKAGES, KERNELS[target]];

/** Of what the packages bring, relative to the root: patterns of `tar --exclude`. */
export const LEFT_OUT: readonly string[] = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/info',
  'usr/share/locale',
  'usr/share/lintian',
  'usr/share/bug',
  'usr/share/bash-completion',
  'usr/share/zsh',
  'usr/share/perl*',
  'usr/share/initramfs-tools',
  'etc/initramfs-tools',
  'usr/lib/*/perl*',
  'usr/lib/*/gconv',
  'usr/share/i18n',
  'var/cache',
  'var/lib/apt',
  'var/lib/dpkg',
  'etc/apt',
  // Names of hardware for people, in a form that nothing here reads.
  'lib/udev/hwdb.d',
];

/** Rules of udev for what no terminal has: every device of every boot is asked all of them. */
export const UDEV_RULES_LEFT_OUT: readonly string[] = [
  ['60-autosuspend', '60-cdrom_id', '60-drm', '60-evdev', '60-fido-id', '60-infiniband', '60-input-id'],
  ['60-persistent-alsa', '60-persistent-input', '60-persistent-storage-tape', '60-persistent-v4l', '60-sensor'],
  ['64-btrfs', '70-camera', '70-joystick', '70-memory', '70-mouse', '70-power-switch', '70-touchpad'],
  ['70-uaccess', '71-seat', '73-seat-late', '75-probe_mtd', '78-sound-card', '81-net-dhcp', '85-hwclock'],
  ['96-e2scrub'],
].flat();

/** Of the kernel's modules: what no terminal has, by folder. Wi-Fi needs firmware that is not free; a board adds its own. */
export const MODULES_LEFT_OUT: readonly string[] = [
  'sound',
  'arch/x86/kvm',
  'drivers/block/floppy.ko',
  'drivers/input/misc/pcspkr.ko',
  ...[
    '9p',
    'afs',
    'btrfs',
    'ceph',
    'cifs',
    'coda',
    'dlm',
    'f2fs',
    'gfs2',
    'jfs',
    'nfs',
    'nfsd',
    'ocfs2',
    'smb',
    'ubifs',
    'xfs',
  ].map((name) => `fs/${name}`),
  ...['atm', 'ax25', 'batman-adv', 'bluetooth', 'can', 'ceph', 'dccp', 'mac80211', 'mac802154', 'netrom', 'nfc'].map(
    (name) => `net/${name}`,
  ),
  ...['openvswitch', 'rds', 'rose', 'sctp', 'sunrpc', 'tipc', 'wireless'].map((name) => `net/${name}`),
  ...[
    'accessibility',
    'atm',
    'bluetooth',
    'comedi',
    'edac',
    'fpga',
    'gpu',
    'hwtracing',
    'iio',
    'infiniband',
    'isdn',
  ].map((name) => `drivers/${name}`),
  ...[
    'media',
    'memstick',
    'message',
    'mtd',
    'net/can',
    'net/dsa',
    'net/ethernet/mellanox',
    'net/fddi',
    'net/hippi',
  ].map((name) => `drivers/${name}`),
  ...[
    'net/wireless',
    'nfc',
    'nvdimm',
    'pcmcia',
    'soundwire',
    'staging',
    'target',
    'thunderbolt',
    'vfio',
    'vhost',
    'xen',
  ].map((name) => `drivers/${name}`),
];

/** Units that packages start by themselves and a terminal has no use for; each costs a slow processor a moment of every boot. */
export const UNITS_LEFT_OUT: readonly string[] = [
  // Nobody logs in.
  'getty.target',
  'systemd-logind.service',
  'systemd-user-sessions.service',
  'systemd-update-utmp.service',
  'systemd-update-utmp-runlevel.service',
  'systemd-ask-password-console.path',
  'systemd-ask-password-wall.path',
  // Users are in the image, and what would be kept in /var is gone with the power.
  'systemd-sysusers.service',
  'systemd-random-seed.service',
  'systemd-journal-flush.service',
  'systemd-pstore.service',
  'e2scrub_reap.service',
  // First starts, and partitions that grow: the disk is written as it stays. What RAUC needs of the kernel comes with its use.
  'systemd-firstboot.service',
  'systemd-machine-id-commit.service',
  'systemd-pcrphase.service',
  'systemd-pcrphase-sysinit.service',
  'systemd-repart.service',
  // File systems that nothing here opens.
  'sys-kernel-config.mount',
  'dev-hugepages.mount',
  'dev-mqueue.mount',
  'proc-sys-fs-binfmt_misc.automount',
  'sys-fs-fuse-connections.mount',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'systemd-network-generator.service',
  'systemd-binfmt.service',
];

/** What the initrd can find a disk with: paths below `kernel/`, without `.ko`. What they need comes along. */
export const INITRD_MODULES: readonly string[] = [
  'drivers/virtio/virtio_pci',
  'drivers/virtio/virtio_mmio',
  'drivers/block/virtio_blk',
  'drivers/ata/ahci',
  'drivers/ata/ahci_platform',
  'drivers/ata/ata_piix',
  'drivers/nvme/host/nvme',
  'drivers/mmc/core/mmc_block',
  'drivers/mmc/host/*',
  'drivers/scsi/sd_mod',
  'drivers/usb/host/xhci-pci',
  'drivers/usb/host/ehci-pci',
  'drivers/usb/storage/usb-storage',
  'drivers/usb/storage/uas',
  'drivers/pci/controller/*',
  'fs/squashfs/squashfs',
];
