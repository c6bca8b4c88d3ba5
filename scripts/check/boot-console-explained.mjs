// @ts-check
/** What a Debian kernel prints differently on our machine and on QEMU, and why. */

/**
 * `line` is of a console without times; `side` where only that machine prints it; `boots` where only those do; `moreInQemu`: both
 * print it, and by that much the number that it takes out is greater on QEMU.
 * @typedef {{ line: RegExp, side?: 'ours' | 'qemu', boots?: RegExp, moreInQemu?: number, why: string }} Row
 */

/** Boots beside QEMU's Cortex-A57, and beside its Cortex-A76. */
const A57 = /^cloud-nvhe-/;
const A76 = /^cloud-(?!nvhe-)/;
const GICV3 = /-gic3$/;
/** What a kernel says of a feature or of an erratum's workaround. @param {string} text */
const detected = (text) => new RegExp(`^CPU features: detected: (?:${text})$`);

/** @type {readonly Row[]} */
export const EXPLAINED = [
  { line: /^Booting Linux on physical CPU 0x0000000000 \[0x[0-9a-f]{8}\]$/, why: 'MIDR_EL1: ours names no product, QEMU has that of Cortex-A76 or Cortex-A57' },
  { line: detected('Broken broadcast TLBI completion|SSBS not fully self-synchronizing'), side: 'qemu', boots: A76, why: 'errata of Cortex-A76, recognised by MIDR_EL1' },
  { line: detected('ARM erratum (?:834220|1742098|832075)|ARM errata 1165522, 1319367, or 1530923|Spectre-v2|Spectre-v3a'), side: 'qemu', boots: A57, why: 'errata of Cortex-A57, recognised by MIDR_EL1' },
  { line: /^kvm \[1\]: Guests without required CPU erratum workarounds can deadlock system!$|^Only trusted guests should be used on this system\.$/, side: 'qemu', boots: A57, why: 'erratum 832075 of Cortex-A57' },
  { line: detected('32-bit EL0 Support|32-bit EL1 Support'), side: 'qemu', why: 'ID_AA64PFR0_EL1: ours has no AArch32 at any EL' },
  { line: detected('RCpc load-acquire \\(LDAPR\\)|Speculative Store Bypassing Safe \\(SSBS\\)'), side: 'qemu', boots: A76, why: 'FEAT_LRCPC and FEAT_SSBS, which Cortex-A76 has and the profile generic not' },
  { line: detected('Instruction cache invalidation not required for I/D coherence'), side: 'ours', why: 'CTR_EL0.DIC is 1: our caches are always coherent' },
  { line: detected('Data cache clean to the PoU not required for I/D coherence'), side: 'ours', boots: A57, why: 'CTR_EL0.IDC is 1: our caches are always coherent' },
  {
    line: detected('Hardware dirty bit management|Common not Private translations|Data cache clean to Point of Persistence|LSE atomic instructions|Privileged Access Never|RAS Extension Support'), side: 'ours', boots: A57,
    why: 'our core without VHE has the other features of v8.1 and v8.2; Cortex-A57 is v8.0',
  },
  { line: /^cacheinfo: Unable to detect cache hierarchy for CPU 0$/, side: 'ours', why: 'CLIDR_EL1 is 0: there are no caches' },
  { line: /^Memory: 103828K\/524288K available \(.*, (\d+)K reserved, 65536K cma-reserved\)$/, moreInQemu: 24, why: 'QEMU puts the device tree into a block of twice its size and 20 kB' },
  { line: /^kvm \[1\]: IPA Size Limit: (?:48|44|40) bits$/, why: 'ID_AA64MMFR0_EL1.PARange: 48 bits in ours, 44 in Cortex-A57, 40 in Cortex-A76' },
  { line: /^GICv3: (?:256|224) SPIs implemented$/, boots: GICV3, why: "GICD_TYPER.ITLinesNumber: the board's choice" },
  { line: /^GICv3: GICv3 features: 16 PPIs(?:, DirectLPI)?$/, boots: GICV3, why: 'GICR_TYPER.DirectLPI: ours has GICR_SETLPIR and its like' },
  { line: /^ITS@0x0+8080000: allocated 8192 (?:Devices|Interrupt Collections) @|^GICv3: (?:using LPI property table|CPU0: using allocated LPI pending table) @/, boots: GICV3, why: 'memory that the kernel allocates lies behind the device tree, for which QEMU takes a larger block' },
  { line: /^kvm \[1\]: vgic-v2@8040000$/, side: 'ours', boots: GICV3, why: 'ours has GICV beside its GICv3 for guests with a GICv2' },
  { line: /^kvm \[1\]: disabling GICv2 emulation$|^\[Firmware Bug\]: CPU interface incapable of MMIO access$/, side: 'qemu', boots: GICV3, why: 'QEMU has no GICV beside a GICv3, though our device tree names one' },
  { line: /^virtio_blk virtio[01]: (?:1\/0\/0 default\/read\/poll queues|\[vda\] 16384 512-byte logical blocks \(8\.39 MB\/8\.00 MiB\))$/, why: 'ours has an entropy device in the slot before' },
  { line: /^rtc-pl031 9010000\.pl031: setting system clock to \S+ UTC \(\d+\)$/, why: "the time of day: ours is a default, QEMU's the host's" },
  { line: /^audit: type=2000 audit\(\d+\.\d+:1\): state=initialized audit_enabled=0 res=1$/, why: 'a time since the start' },
  { line: /^node 0 deferred pages initialised in \d+ms$/, why: 'a duration' },
];
