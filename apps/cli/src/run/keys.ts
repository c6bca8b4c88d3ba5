/** Keys of a terminal: Ctrl-A begins a command to us, everything else is the guest's. */

const CTRL_A = 0x01;

export const KEY_COMMANDS = [
  { key: 'x', command: 'quit', help: 'end the run' },
  { key: 's', command: 'status', help: 'say how far the guest is' },
  { key: 'h', command: 'help', help: 'list these keys' },
  { key: 'a', command: 'send', help: 'send Ctrl-A to the guest' },
] as const;

export type KeyCommand = Exclude<(typeof KEY_COMMANDS)[number]['command'], 'send'>;

export const KEY_HELP = `${KEY_COMMANDS.map(({ key, help }) => `Ctrl-A ${key.toUpperCase()}  ${help}`).join('\n')}\n`;

export class Keys {
  readonly #command: (command: KeyCommand) => void;
  #isEscaped = false;

  constructor(command: (command: KeyCommand) => void) {
    this.#command = command;
  }

  /** What of the keys is the guest's. After Ctrl-A, a key that is no command asks for help. */
  take(keys: Uint8Array): Uint8Array {
    const forGuest: number[] = [];
    for (const key of keys) {
      if (!this.#isEscaped) {
        this.#isEscaped = key === CTRL_A;
        if (!this.#isEscaped) forGuest.push(key);
        continue;
      }
      this.#isEscaped = false;
      // With Ctrl still held the key is its number in the alphabet.
      const letter = String.fromCharCode(key < 0x20 ? key + 0x60 : key).toLowerCase();
      const found = KEY_COMMANDS.find((one) => one.key === letter);
      if (found?.command === 'send') forGuest.push(CTRL_A);
      else if (found !== undefined) this.#command(found.command);
      else this.#command('help');
    }
    return Uint8Array.from(forGuest);
  }
}
