/** `run` prints the guest's console as it comes; its figures are for `--json` and `--stats`. */
export function render(): string {
  return '';
}
