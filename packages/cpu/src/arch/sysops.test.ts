import { describe, expect, test } from 'vitest';
import { FEATURES } from './features.ts';
import { BARRIER_OPTIONS, DSB_NXS_OPTIONS, prefetchName, SYS_OPS, sysOp, sysOpByName, sysOpKey, tlbiShape } from './sysops.ts';

// What llvm-mc 14 (all features) and objdump 2.40 name among all 16,384 SYS words: NAME:key, `-` for no Xt.
const KNOWN: Readonly<Record<string, string>> = {
  IC: `
    IALLUIS-:0388 IALLU-:03a8 IVAU:1ba9`,
  DC: `
    IVAC:03b1 ISW:03b2 IGVAC:03b3 IGSW:03b4 IGDVAC:03b5 IGDSW:03b6 CSW:03d2 CGSW:03d4 CGDSW:03d6 CISW:03f2 CIGSW:03f4 CIGDSW:03f6 ZVA:1ba1 GVA:1ba3
    GZVA:1ba4 CVAC:1bd1 CGVAC:1bd3 CGDVAC:1bd5 CVAU:1bd9 CVAP:1be1 CGVAP:1be3 CGDVAP:1be5 CVADP:1be9 CGVADP:1beb CGDVADP:1bed CIVAC:1bf1 CIGVAC:1bf3
    CIGDVAC:1bf5 CIPAPA:33f1 CIGDPAPA:33f5`,
  AT: `
    S1E1R:03c0 S1E1W:03c1 S1E0R:03c2 S1E0W:03c3 S1E1RP:03c8 S1E1WP:03c9 S1E2R:23c0 S1E2W:23c1 S12E1R:23c4 S12E1W:23c5 S12E0R:23c6 S12E0W:23c7
    S1E3R:33c0 S1E3W:33c1`,
  TLBI: `
    VMALLE1OS-:0408 VAE1OS:0409 ASIDE1OS:040a VAAE1OS:040b VALE1OS:040d VAALE1OS:040f RVAE1IS:0411 RVAAE1IS:0413 RVALE1IS:0415 RVAALE1IS:0417
    VMALLE1IS-:0418 VAE1IS:0419 ASIDE1IS:041a VAAE1IS:041b VALE1IS:041d VAALE1IS:041f RVAE1OS:0429 RVAAE1OS:042b RVALE1OS:042d RVAALE1OS:042f
    RVAE1:0431 RVAAE1:0433 RVALE1:0435 RVAALE1:0437 VMALLE1-:0438 VAE1:0439 ASIDE1:043a VAAE1:043b VALE1:043d VAALE1:043f VMALLE1OSNXS-:0488
    VAE1OSNXS:0489 ASIDE1OSNXS:048a VAAE1OSNXS:048b VALE1OSNXS:048d VAALE1OSNXS:048f RVAE1ISNXS:0491 RVAAE1ISNXS:0493 RVALE1ISNXS:0495
    RVAALE1ISNXS:0497 VMALLE1ISNXS-:0498 VAE1ISNXS:0499 ASIDE1ISNXS:049a VAAE1ISNXS:049b VALE1ISNXS:049d VAALE1ISNXS:049f RVAE1OSNXS:04a9
    RVAAE1OSNXS:04ab RVALE1OSNXS:04ad RVAALE1OSNXS:04af RVAE1NXS:04b1 RVAAE1NXS:04b3 RVALE1NXS:04b5 RVAALE1NXS:04b7 VMALLE1NXS-:04b8 VAE1NXS:04b9
    ASIDE1NXS:04ba VAAE1NXS:04bb VALE1NXS:04bd VAALE1NXS:04bf IPAS2E1IS:2401 RIPAS2E1IS:2402 IPAS2LE1IS:2405 RIPAS2LE1IS:2406 ALLE2OS-:2408
    VAE2OS:2409 ALLE1OS-:240c VALE2OS:240d VMALLS12E1OS-:240e RVAE2IS:2411 RVALE2IS:2415 ALLE2IS-:2418 VAE2IS:2419 ALLE1IS-:241c VALE2IS:241d
    VMALLS12E1IS-:241e IPAS2E1OS:2420 IPAS2E1:2421 RIPAS2E1:2422 RIPAS2E1OS:2423 IPAS2LE1OS:2424 IPAS2LE1:2425 RIPAS2LE1:2426 RIPAS2LE1OS:2427
    RVAE2OS:2429 RVALE2OS:242d RVAE2:2431 RVALE2:2435 ALLE2-:2438 VAE2:2439 ALLE1-:243c VALE2:243d VMALLS12E1-:243e IPAS2E1ISNXS:2481
    RIPAS2E1ISNXS:2482 IPAS2LE1ISNXS:2485 RIPAS2LE1ISNXS:2486 ALLE2OSNXS-:2488 VAE2OSNXS:2489 ALLE1OSNXS-:248c VALE2OSNXS:248d VMALLS12E1OSNXS-:248e
    RVAE2ISNXS:2491 RVALE2ISNXS:2495 ALLE2ISNXS-:2498 VAE2ISNXS:2499 ALLE1ISNXS-:249c VALE2ISNXS:249d VMALLS12E1ISNXS-:249e IPAS2E1OSNXS:24a0
    IPAS2E1NXS:24a1 RIPAS2E1NXS:24a2 RIPAS2E1OSNXS:24a3 IPAS2LE1OSNXS:24a4 IPAS2LE1NXS:24a5 RIPAS2LE1NXS:24a6 RIPAS2LE1OSNXS:24a7 RVAE2OSNXS:24a9
    RVALE2OSNXS:24ad RVAE2NXS:24b1 RVALE2NXS:24b5 ALLE2NXS-:24b8 VAE2NXS:24b9 ALLE1NXS-:24bc VALE2NXS:24bd VMALLS12E1NXS-:24be ALLE3OS-:3408
    VAE3OS:3409 PAALLOS-:340c VALE3OS:340d RVAE3IS:3411 RVALE3IS:3415 ALLE3IS-:3418 VAE3IS:3419 VALE3IS:341d RPAOS:3423 RPALOS:3427 RVAE3OS:3429
    RVALE3OS:342d RVAE3:3431 RVALE3:3435 ALLE3-:3438 VAE3:3439 PAALL-:343c VALE3:343d ALLE3OSNXS-:3488 VAE3OSNXS:3489 PAALLOSNXS-:348c VALE3OSNXS:348d
    RVAE3ISNXS:3491 RVALE3ISNXS:3495 ALLE3ISNXS-:3498 VAE3ISNXS:3499 VALE3ISNXS:349d RPAOSNXS:34a3 RPALOSNXS:34a7 RVAE3OSNXS:34a9 RVALE3OSNXS:34ad
    RVAE3NXS:34b1 RVALE3NXS:34b5 ALLE3NXS-:34b8 VAE3NXS:34b9 PAALLNXS-:34bc VALE3NXS:34bd`,
  BRB: `
    IALL-:0b94 INJ-:0b95`,
  CFP: `
    RCTX:1b9c`,
  DVP: `
    RCTX:1b9d`,
  CPP: `
    RCTX:1b9f`,
};

describe('System instructions', () => {
  test.each(Object.keys(KNOWN))('%s: every name that llvm-mc and objdump print, with its encoding', (mnemonic) => {
    for (const entry of (KNOWN[mnemonic] ?? '').trim().split(/\s+/)) {
      const [, name = '', bare, key = ''] = /^(\w+)(-?):(\w+)$/.exec(entry) ?? [];
      const op = sysOp(parseInt(key, 16));
      expect(`${op?.mnemonic ?? '?'} ${op?.name ?? '?'}${op?.xt === 'required' ? '' : '-'}`).toBe(`${mnemonic} ${name}${bare ?? ''}`);
    }
  });

  test('what they do not know is of later extensions', () => {
    const known = new Set(Object.values(KNOWN).flatMap((list) => list.trim().split(/\s+/).map((entry) => parseInt(entry.slice(-4), 16))));
    expect(SYS_OPS.filter((op) => !known.has(op.key)).map((op) => `${op.mnemonic} ${op.name} ${op.status}`.replace('  ', ' '))).toEqual([
      'DC CIVAPS named',
      'DC CIGDVAPS named',
      'DC CIPAE named',
      'DC CIGDPAE named',
      'AT S1E1A named',
      'AT S1E2A named',
      'AT S1E3A named',
      'COSP RCTX named',
      'TRCIT named',
      'GCSPUSHX named',
      'GCSPOPCX named',
      'GCSPOPX named',
      'GCSPUSHM named',
      'GCSPOPM named',
      'GCSSS1 named',
      'GCSSS2 named',
    ]);
  });

  // Encodings by hand, from the instruction pages of DDI 0487.
  test.each([
    ['DC', 'ZVA', 3, 7, 4, 1, 0, 'DC_ZVA', null],
    ['DC', 'IVAC', 0, 7, 6, 1, 1, 'DC_POC', null],
    ['DC', 'CISW', 0, 7, 14, 2, 1, 'DC_SW', null],
    ['DC', 'CVAU', 3, 7, 11, 1, 0, 'DC_POU', null],
    ['DC', 'CVAP', 3, 7, 12, 1, 0, 'DC_POC', 'DPB'],
    ['IC', 'IALLU', 0, 7, 5, 0, 1, 'IC_ALL', null],
    ['IC', 'IVAU', 3, 7, 5, 1, 0, 'IC_VA', null],
    ['AT', 'S1E1R', 0, 7, 8, 0, 1, 'AT_S1', null],
    ['AT', 'S12E0W', 4, 7, 8, 7, 2, 'AT_S12', null],
    ['AT', 'S1E1WP', 0, 7, 9, 1, 1, 'AT_S1', 'PAN2'],
    ['TLBI', 'VMALLE1', 0, 8, 7, 0, 1, 'TLBI_EL1', null],
    ['TLBI', 'VAE1IS', 0, 8, 3, 1, 1, 'TLBI_EL1_IS', null],
    ['TLBI', 'ASIDE1OS', 0, 8, 1, 2, 1, 'TLBI_EL1_OS', 'TLBIOS'],
    ['TLBI', 'RVALE1IS', 0, 8, 2, 5, 1, 'TLBI_EL1_IS', 'TLBIRANGE'],
    ['TLBI', 'IPAS2E1IS', 4, 8, 0, 1, 2, 'TLBI_EL2', null],
    ['TLBI', 'VMALLS12E1', 4, 8, 7, 6, 2, 'TLBI_EL2', null],
    ['TLBI', 'ALLE2', 4, 8, 7, 0, 2, 'TLBI_EL2', null],
    ['CPP', 'RCTX', 3, 7, 3, 7, 0, 'RCTX', 'SPECRES'],
  ])('%s %s', (mnemonic, name, op1, CRn, CRm, op2, minEl, group, feature) => {
    const op = sysOpByName(mnemonic.toLowerCase(), name.toLowerCase());
    expect(op).toMatchObject({ mnemonic, name, minEl, group, feature, isRead: false, status: 'implemented' });
    expect(op?.key).toBe(sysOpKey(op1, CRn, CRm, op2));
  });

  test('later extensions and EL3 are named only', () => {
    for (const op of SYS_OPS) {
      const isModelled = op.minEl < 3 && (op.feature === null || FEATURES[op.feature].since !== 'later');
      expect(`${op.mnemonic} ${op.name} ${op.status}`).toBe(`${op.mnemonic} ${op.name} ${isModelled ? 'implemented' : 'named'}`);
    }
  });

  test('an unnamed encoding and an unknown name', () => {
    expect(sysOp(sysOpKey(0, 7, 8, 7))).toBeNull();
    expect(sysOpByName('TLBI', 'VAE9')).toBeNull();
  });
});

describe('TLBI names', () => {
  test.each([
    ['VMALLE1', 'VMALL', 1, false, false, '', false],
    ['VAE1IS', 'VA', 1, false, false, 'IS', false],
    ['VAALE1', 'VAA', 1, true, false, '', false],
    ['VALE2OS', 'VA', 2, true, false, 'OS', false],
    ['ASIDE1', 'ASID', 1, false, false, '', false],
    ['ALLE1IS', 'ALL', 1, false, false, 'IS', false],
    ['VMALLS12E1', 'VMALLS12', 1, false, false, '', false],
    ['IPAS2LE1IS', 'IPA', 1, true, false, 'IS', false],
    ['RIPAS2E1OS', 'IPA', 1, false, true, 'OS', false],
    ['RVAALE1', 'VAA', 1, true, true, '', false],
    ['RVAE2ISNXS', 'VA', 2, false, true, 'IS', true],
    ['PAALLOS', 'PA', 3, false, false, 'OS', false],
    ['RPALOS', 'PA', 3, true, true, 'OS', false],
  ] as const)('%s', (name, by, el, isLastLevel, isRange, shareability, nXS) => {
    expect(tlbiShape(name)).toEqual({ by, el, isLastLevel, isRange, shareability, nXS });
  });

  test('every TLBI of the table has a shape, and nothing else', () => {
    for (const op of SYS_OPS.filter((one) => one.mnemonic === 'TLBI')) expect([op.name, tlbiShape(op.name) !== null]).toEqual([op.name, true]);
    expect(tlbiShape('S1E1R')).toBeNull();
  });
});

describe('operand names', () => {
  test('barriers by CRm', () => {
    expect(BARRIER_OPTIONS.map((one) => `${String(one.CRm)} ${one.name}`)).toEqual([
      '1 OSHLD', '2 OSHST', '3 OSH', '5 NSHLD', '6 NSHST', '7 NSH', '9 ISHLD', '10 ISHST', '11 ISH', '13 LD', '14 ST', '15 SY',
    ]);
    expect(BARRIER_OPTIONS.filter((one) => one.types === 'ST').map((one) => one.domain)).toEqual(['OSH', 'NSH', 'ISH', 'SY']);
    expect(DSB_NXS_OPTIONS.map((one) => `${one.name} ${String(one.immediate)}`)).toEqual(['OSHnXS 16', 'NSHnXS 20', 'ISHnXS 24', 'SYnXS 28']);
  });

  test('prefetch operations by number', () => {
    expect([0, 1, 2, 5, 8, 16, 21].map(prefetchName)).toEqual(['PLDL1KEEP', 'PLDL1STRM', 'PLDL2KEEP', 'PLDL3STRM', 'PLIL1KEEP', 'PSTL1KEEP', 'PSTL3STRM']);
    expect([6, 7, 14, 24, 31, 32].map(prefetchName)).toEqual([null, null, null, null, null, null]);
  });
});
