/** S-boxes: of AES and its inverse (FIPS 197, 5.1.1), computed from their definition, and of SM4 (GB/T 32907, 6.2), given as a table. */

export const AES_S_BOX = new Uint8Array(256);
export const AES_INVERSE_S_BOX = new Uint8Array(256);

/** b * (x + 1) and b / (x + 1) over GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 walk all units, a number and its inverse in step. */
function fillAes(): void {
  let p = 1;
  let q = 1;
  do {
    p = (p ^ (p << 1) ^ ((p & 0x80) !== 0 ? 0x11b : 0)) & 0xff;
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    q = (q ^ ((q & 0x80) !== 0 ? 0x09 : 0)) & 0xff;
    const rotations = q | (q << 8);
    AES_S_BOX[p] = 0x63 ^ q ^ (rotations >> 7) ^ (rotations >> 6) ^ (rotations >> 5) ^ (rotations >> 4);
  } while (p !== 1);
  AES_S_BOX[0] = 0x63;
  AES_S_BOX.forEach((to, from) => (AES_INVERSE_S_BOX[to] = from));
}

fillAes();

const SM4_ROWS = `
d690e9fecce13db716b614c228fb2c05 2b679a762abe04c3aa44132649860699 9c4250f491ef987a33540b43edcfac62 e4b31ca9c908e89580df94fa758f3fa6
4707a7fcf37317ba83593c19e6854fa8 686b81b27164da8bf8eb0f4b70569d35 1e240e5e6358d1a225227c3b01217887 d40046579fd327524c3602e7a0c4c89e
eabf8ad240c738b5a3f7f2cef96115a1 e0ae5da49b341a55ad933230f58cb1e3 1df6e22e8266ca60c02923ab0d534e6f d5db3745defd8e2f03ff6a726d6c5b51
8d1baf92bbddbc7f11d95c411f105ad8 0ac13188a5cd7bbd2d74d012b8e5b4b0 8969974a0c96777e65b9f109c56ec684 18f07dec3adc4d2079ee5f3ed7cb3948`;

export const SM4_S_BOX = Uint8Array.from(SM4_ROWS.match(/[0-9a-f]{2}/g) ?? [], (byte) => parseInt(byte, 16));
