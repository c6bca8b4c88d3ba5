/** Cryptography (DDI 0487 C4 "Data Processing -- Scalar Floating-Point and Advanced SIMD"). */
import { row, type RowSpec } from './row.ts';

export const crypto = {
  // Cryptographic AES
  AESE:      row('0100 1110 00 10100 00100 10 Rn:5 Rd:5',     'aese <Vd.16B>, <Vn.16B>',                     { needs: 'AES' }),
  AESD:      row('0100 1110 00 10100 00101 10 Rn:5 Rd:5',     'aesd <Vd.16B>, <Vn.16B>',                     { needs: 'AES' }),
  AESMC:     row('0100 1110 00 10100 00110 10 Rn:5 Rd:5',     'aesmc <Vd.16B>, <Vn.16B>',                    { needs: 'AES' }),
  AESIMC:    row('0100 1110 00 10100 00111 10 Rn:5 Rd:5',     'aesimc <Vd.16B>, <Vn.16B>',                   { needs: 'AES' }),

  // Cryptographic three-register SHA
  SHA1C:     row('0101 1110 00 0 Rm:5 0 000 00 Rn:5 Rd:5',    'sha1c <Qd>, <Sn>, <Vm.4S>',                   { needs: 'SHA1' }),
  SHA1P:     row('0101 1110 00 0 Rm:5 0 001 00 Rn:5 Rd:5',    'sha1p <Qd>, <Sn>, <Vm.4S>',                   { needs: 'SHA1' }),
  SHA1M:     row('0101 1110 00 0 Rm:5 0 010 00 Rn:5 Rd:5',    'sha1m <Qd>, <Sn>, <Vm.4S>',                   { needs: 'SHA1' }),
  SHA1SU0:   row('0101 1110 00 0 Rm:5 0 011 00 Rn:5 Rd:5',    'sha1su0 <Vd.4S>, <Vn.4S>, <Vm.4S>',           { needs: 'SHA1' }),
  SHA256H:   row('0101 1110 00 0 Rm:5 0 100 00 Rn:5 Rd:5',    'sha256h <Qd>, <Qn>, <Vm.4S>',                 { needs: 'SHA256' }),
  SHA256H2:  row('0101 1110 00 0 Rm:5 0 101 00 Rn:5 Rd:5',    'sha256h2 <Qd>, <Qn>, <Vm.4S>',                { needs: 'SHA256' }),
  SHA256SU1: row('0101 1110 00 0 Rm:5 0 110 00 Rn:5 Rd:5',    'sha256su1 <Vd.4S>, <Vn.4S>, <Vm.4S>',         { needs: 'SHA256' }),

  // Cryptographic two-register SHA
  SHA1H:     row('0101 1110 00 10100 00000 10 Rn:5 Rd:5',     'sha1h <Sd>, <Sn>',                            { needs: 'SHA1' }),
  SHA1SU1:   row('0101 1110 00 10100 00001 10 Rn:5 Rd:5',     'sha1su1 <Vd.4S>, <Vn.4S>',                    { needs: 'SHA1' }),
  SHA256SU0: row('0101 1110 00 10100 00010 10 Rn:5 Rd:5',     'sha256su0 <Vd.4S>, <Vn.4S>',                  { needs: 'SHA256' }),

  // Cryptographic three-register, imm2
  SM3TT1A:   row('1100 1110 010 Rm:5 10 imm2:2 00 Rn:5 Rd:5', 'sm3tt1a <Vd.4S>, <Vn.4S>, <lane(Rm S imm2)>', { needs: 'SM3' }),
  SM3TT1B:   row('1100 1110 010 Rm:5 10 imm2:2 01 Rn:5 Rd:5', 'sm3tt1b <Vd.4S>, <Vn.4S>, <lane(Rm S imm2)>', { needs: 'SM3' }),
  SM3TT2A:   row('1100 1110 010 Rm:5 10 imm2:2 10 Rn:5 Rd:5', 'sm3tt2a <Vd.4S>, <Vn.4S>, <lane(Rm S imm2)>', { needs: 'SM3' }),
  SM3TT2B:   row('1100 1110 010 Rm:5 10 imm2:2 11 Rn:5 Rd:5', 'sm3tt2b <Vd.4S>, <Vn.4S>, <lane(Rm S imm2)>', { needs: 'SM3' }),

  // Cryptographic three-register SHA 512
  SHA512H:   row('1100 1110 011 Rm:5 1 0 00 00 Rn:5 Rd:5',    'sha512h <Qd>, <Qn>, <Vm.2D>',                 { needs: 'SHA512' }),
  SHA512H2:  row('1100 1110 011 Rm:5 1 0 00 01 Rn:5 Rd:5',    'sha512h2 <Qd>, <Qn>, <Vm.2D>',                { needs: 'SHA512' }),
  SHA512SU1: row('1100 1110 011 Rm:5 1 0 00 10 Rn:5 Rd:5',    'sha512su1 <Vd.2D>, <Vn.2D>, <Vm.2D>',         { needs: 'SHA512' }),
  RAX1:      row('1100 1110 011 Rm:5 1 0 00 11 Rn:5 Rd:5',    'rax1 <Vd.2D>, <Vn.2D>, <Vm.2D>',              { needs: 'SHA3' }),
  SM3PARTW1: row('1100 1110 011 Rm:5 1 1 00 00 Rn:5 Rd:5',    'sm3partw1 <Vd.4S>, <Vn.4S>, <Vm.4S>',         { needs: 'SM3' }),
  SM3PARTW2: row('1100 1110 011 Rm:5 1 1 00 01 Rn:5 Rd:5',    'sm3partw2 <Vd.4S>, <Vn.4S>, <Vm.4S>',         { needs: 'SM3' }),
  SM4EKEY:   row('1100 1110 011 Rm:5 1 1 00 10 Rn:5 Rd:5',    'sm4ekey <Vd.4S>, <Vn.4S>, <Vm.4S>',           { needs: 'SM4' }),

  // Cryptographic four-register
  EOR3:      row('1100 1110 0 00 Rm:5 0 Ra:5 Rn:5 Rd:5',      'eor3 <Vd.16B>, <Vn.16B>, <Vm.16B>, <Va.16B>', { needs: 'SHA3' }),
  BCAX:      row('1100 1110 0 01 Rm:5 0 Ra:5 Rn:5 Rd:5',      'bcax <Vd.16B>, <Vn.16B>, <Vm.16B>, <Va.16B>', { needs: 'SHA3' }),
  SM3SS1:    row('1100 1110 0 10 Rm:5 0 Ra:5 Rn:5 Rd:5',      'sm3ss1 <Vd.4S>, <Vn.4S>, <Vm.4S>, <Va.4S>',   { needs: 'SM3' }),

  // XAR
  XAR:       row('1100 1110 100 Rm:5 imm6:6 Rn:5 Rd:5',       'xar <Vd.2D>, <Vn.2D>, <Vm.2D>, <uimm(imm6)>', { needs: 'SHA3' }),

  // Cryptographic two-register SHA 512
  SHA512SU0: row('1100 1110 110 00000 1000 00 Rn:5 Rd:5',     'sha512su0 <Vd.2D>, <Vn.2D>',                  { needs: 'SHA512' }),
  SM4E:      row('1100 1110 110 00000 1000 01 Rn:5 Rd:5',     'sm4e <Vd.4S>, <Vn.4S>',                       { needs: 'SM4' }),
} as const satisfies Readonly<Record<string, RowSpec>>;
