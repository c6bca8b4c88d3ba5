/** The live machine: console, registers by field, exceptions, list registers, and the walk of any address. */
import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { catalogue } from '../data.ts';
import { Select } from '../parts/controls.tsx';
import { copy, RegisterPanel, showRegister } from '../parts/register-panel.tsx';
import { go, screen } from '../state.ts';
import type { GuestInterrupt, Inspection, ListRegister, NamedValue, StartQuery } from './protocol.ts';
import { consoleText, drive, inspection, isStarting, log, look, message, start, status, type as typeBytes, walk } from './state.ts';
import { bytesOfKey } from './terminal.ts';

type Hypervisor = StartQuery['hypervisor'];

const HYPERVISORS: readonly { readonly value: Hypervisor; readonly text: string }[] = [
  { value: 'vhe', text: 'our hypervisor, VHE' }, { value: 'nvhe', text: 'our hypervisor, non-VHE' }, { value: 'none', text: 'none: bare machine' },
];
const COMMAND_LINE = 'console=ttyAMA0 earlycon';
const LOOK_MILLISECONDS = 500;

interface Given {
  readonly image: File | null;
  readonly initrd: File | null;
}

/** Which of the files is the kernel: the one that is named so, or the larger one. */
function sorted(files: readonly File[]): Given {
  const isInitrd = ({ name }: File): boolean => /initr|cpio/i.test(name);
  const image = files.find((file) => /image|vmlinu|\.elf$/i.test(file.name) && !isInitrd(file)) ?? files.find((file) => !isInitrd(file)) ?? null;
  return { image, initrd: files.find((file) => file !== image) ?? null };
}

const bytesOf = async (file: File): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());

function Starter(): JSX.Element {
  const given = useSignal<Given>({ image: null, initrd: null });
  const commandLine = useSignal(COMMAND_LINE);
  const isOver = useSignal(false);
  const { machine, b, host: hypervisor } = screen.value;
  const take = (files: readonly File[]): void => {
    const found = sorted(files);
    given.value = { image: found.image ?? given.value.image, initrd: found.initrd ?? given.value.initrd };
    if (found.image !== null) void boot();
  };
  const boot = async (): Promise<void> => {
    const { image, initrd } = given.value;
    if (image === null) return;
    const bytes = await bytesOf(image);
    await start({ machine, hypervisor, steps: b, image: { name: image.name, bytes, initrd: initrd === null ? null : await bytesOf(initrd), commandLine: commandLine.value } });
  };
  return (
    <section
      class={`panel starter${isOver.value ? ' over' : ''}`}
      aria-label="Start a machine"
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => { isOver.value = false; }}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        take([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <div class="controls">
        <Select label="Machine" value={machine} options={(catalogue.value?.machines ?? []).map(({ name }) => ({ value: name, text: name }))} onChange={(value) => go({ machine: value })} />
        <Select label="Hypervisor" value={hypervisor} options={HYPERVISORS} onChange={(value) => go({ host: value as Hypervisor }, true)} />
        <label class="field"><span>Step set</span><input class="mono set" value={b} maxLength={80} spellcheck={false} onChange={({ currentTarget }) => go({ b: currentTarget.value.trim() })} /></label>
        <button type="button" class="action" disabled={isStarting.value} onClick={() => void start({ machine, hypervisor, steps: b, image: null })}>Start the benchmark guest</button>
      </div>
      <div class="controls">
        <label class="field"><span>Kernel Image, gzipped or not, or ELF</span><input type="file" data-file="image" onChange={({ currentTarget }) => { given.value = { ...given.value, image: currentTarget.files?.[0] ?? null }; }} /></label>
        <label class="field"><span>Initial RAM disk</span><input type="file" data-file="initrd" onChange={({ currentTarget }) => { given.value = { ...given.value, initrd: currentTarget.files?.[0] ?? null }; }} /></label>
        <label class="field wide"><span>Command line</span><input class="mono" value={commandLine.value} maxLength={1000} spellcheck={false} onInput={({ currentTarget }) => { commandLine.value = currentTarget.value; }} /></label>
        <button type="button" class="action" disabled={isStarting.value || given.value.image === null} onClick={() => void boot()}>Boot it</button>
      </div>
      <p class="muted">{given.value.image === null ? 'Or drop a kernel and an initial RAM disk here. They stay in this browser.' : `${given.value.image.name}${given.value.initrd === null ? '' : ` with ${given.value.initrd.name}`}`}</p>
      {message.value !== null && <p class="error" role="alert">{message.value}</p>}
    </section>
  );
}

const million = (value: number): string => (value / 1e6).toFixed(1);

function Driver(): JSX.Element | null {
  const now = status.value;
  if (now === null) return null;
  const isOver = now.end !== null;
  return (
    <section class="panel" aria-label="The machine">
      <div class="panel-head">
        <h2>{now.title}</h2>
        <button type="button" class="action" disabled={isOver} onClick={() => drive(now.isRunning ? 'pause' : 'run')}>{now.isRunning ? 'Pause' : 'Run'}</button>
        <button type="button" class="quiet" disabled={isOver || now.isRunning} onClick={() => drive('step')}>Step</button>
        <button type="button" class="quiet" disabled={isOver || now.isRunning} onClick={() => drive('exit')}>{now.exits === null ? 'Run to the next exception' : 'Run to the next exit'}</button>
      </div>
      <p class="mono status" data-state={isOver ? 'over' : now.isRunning ? 'running' : 'paused'}>
        <span>{isOver ? `ended: ${now.end}` : now.isRunning ? 'running' : 'paused'}</span>
        <span>{`EL${String(now.el)}`}</span>
        <span>{`pc ${now.pc}`}</span>
        <span>{now.text}</span>
        <span data-instructions={now.instructions}>{`${now.instructions.toLocaleString('en')} instructions`}</span>
        {now.isRunning && <span>{`${now.mips.toFixed(1)} MIPS`}</span>}
        <span>{`${now.virtualSeconds.toFixed(3)} s of virtual time`}</span>
      </p>
      {now.exits !== null && <p class="muted">{`exits: ${Object.entries(now.exits).map(([reason, count]) => `${reason} ${count > 1e6 ? `${million(count)}M` : count.toLocaleString('en')}`).join(', ')}`}</p>}
    </section>
  );
}

function ConsoleView(): JSX.Element {
  const box = useRef<HTMLPreElement>(null);
  const line = useSignal('');
  const text = consoleText.value;
  useEffect(() => {
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [text]);
  return (
    <section class="panel console-panel" aria-label="Console">
      <h2>Console</h2>
      <pre
        ref={box}
        class="console mono"
        tabIndex={0}
        role="log"
        aria-label="Console of the guest: what is typed here goes to it"
        data-keys
        onKeyDown={(event) => {
          const bytes = bytesOfKey(event);
          if (bytes === null) return;
          event.preventDefault();
          typeBytes(bytes);
        }}
        onPaste={(event) => typeBytes(new TextEncoder().encode(event.clipboardData?.getData('text') ?? ''))}
      >{text}</pre>
      <form
        class="controls"
        onSubmit={(event) => {
          event.preventDefault();
          typeBytes(new TextEncoder().encode(`${line.value}\r`));
          line.value = '';
        }}
      >
        <label class="field wide"><span>A line for the guest</span><input class="mono" value={line.value} onInput={({ currentTarget }) => { line.value = currentTarget.value; }} /></label>
        <button type="submit" class="quiet">Send</button>
      </form>
    </section>
  );
}

function RegisterButton({ name, value, e2h }: NamedValue & { readonly e2h: boolean }): JSX.Element {
  return (
    <li>
      <span>{name}</span>
      <button type="button" class="link mono" onClick={() => showRegister(name, value, e2h)}>{value}</button>
    </li>
  );
}

function Registers({ general, system, e2h }: Inspection): JSX.Element {
  const { find } = screen.value;
  return (
    <section class="panel" aria-label="Registers">
      <div class="panel-head">
        <h2>Registers</h2>
        <button type="button" class="quiet" onClick={() => copy([...general, ...system].map(({ name, value }) => `${name} = ${value}`).join('\n'))}>Copy as text</button>
      </div>
      <ul class="registers mono">{general.map(({ name, value }) => <li key={name}><span>{name}</span><span>{value}</span></li>)}</ul>
      <h3>{find === '' ? 'System registers (search for any other)' : `System registers with \u201c${find}\u201d`}</h3>
      <ul class="registers mono wide">{system.map((register) => <RegisterButton key={register.name} {...register} e2h={e2h} />)}</ul>
    </section>
  );
}

const fieldOf = ({ fields }: ListRegister, name: string): string => {
  const field = fields.find((one) => one.name === name);
  if (field === undefined) return '';
  // Interrupts are known by decimal numbers.
  return field.meaning !== '' ? field.meaning : /id$/i.test(name) ? String(Number(field.value)) : field.value;
};

/** A sign that is also said. */
const yesOrNo = (is: boolean): JSX.Element => <td>{is ? 'yes' : <span class="muted">no</span>}</td>;

function GuestInterrupts({ interrupts }: { readonly interrupts: readonly GuestInterrupt[] }): JSX.Element {
  if (interrupts.length === 0) return <p>No interrupt of the guest is pending or active.</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Interrupts of the guest">
      <table class="entries mono guest-interrupts">
        <thead><tr><th scope="col">INTID</th><th scope="col">pending</th><th scope="col">active</th><th scope="col">enabled</th><th scope="col">priority</th><th scope="col">target</th><th scope="col">ap_list of</th><th scope="col">physical</th></tr></thead>
        <tbody>
          {interrupts.map(({ intid, isPending, isActive, isEnabled, priority, target, listed, physical }) => (
            <tr key={`${String(intid)} ${String(target)}`}>
              <td>{intid}</td>{yesOrNo(isPending)}{yesOrNo(isActive)}{yesOrNo(isEnabled)}<td>{`0x${priority.toString(16)}`}</td><td>{target === null ? '' : `vCPU ${String(target)}`}</td><td>{listed === null ? '' : `vCPU ${String(listed)}`}</td><td>{physical ?? ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Interrupts({ listRegisters, pending, guestInterrupts }: Inspection): JSX.Element {
  const names = listRegisters[0]?.fields.map(({ name }) => name) ?? [];
  return (
    <section class="panel" aria-label="Interrupts">
      <h2>List registers</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label="List registers">
        <table class="entries mono">
          <thead><tr><th scope="col">register</th><th scope="col">value</th>{names.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
          <tbody>
            {listRegisters.map((register) => (
              <tr key={register.name}><td>{register.name}</td><td>{register.value}</td>{names.map((name) => <td key={name}>{fieldOf(register, name)}</td>)}</tr>
            ))}
          </tbody>
        </table>
      </div>
      {guestInterrupts !== null && (
        <>
          <h3>The guest{'\u2019'}s distributor, in the hypervisor</h3>
          <p class="muted">As of the last entry or exit: what the guest has done since is in the list registers.</p>
          <GuestInterrupts interrupts={guestInterrupts} />
        </>
      )}
      <h3>The machine{'\u2019'}s distributor</h3>
      <p>{pending.length === 0 ? 'No physical interrupt is pending.' : `Pending physical interrupts: ${pending.map((intid) => `INTID ${String(intid)}`).join(', ')}`}</p>
    </section>
  );
}

function Walk(): JSX.Element {
  const { walk: address } = screen.value;
  const result = walk.value;
  const pc = status.value?.pc ?? '';
  return (
    <section class="panel" aria-label="Walk of an address">
      <h2>Walk of an address</h2>
      <div class="controls">
        <label class="field"><span>Virtual address, as the PE has it now</span><input class="mono" value={address} placeholder="0x" spellcheck={false} onChange={({ currentTarget }) => go({ walk: currentTarget.value.trim() }, true)} /></label>
        <button type="button" class="quiet" disabled={pc === ''} onClick={() => go({ walk: pc }, true)}>Walk the pc</button>
      </div>
      {result !== null && (
        <>
          <p class="mono walk-result">{`${result.address} in ${result.regime}: ${result.result}`}</p>
          <div class="scroll" tabIndex={0} role="region" aria-label="Descriptors">
            <table class="entries mono">
              <thead><tr><th scope="col">stage</th><th scope="col">level</th><th scope="col">read at</th><th scope="col">descriptor</th><th scope="col">kind</th><th scope="col">fields</th></tr></thead>
              <tbody>{result.steps.map((step, index) => <tr key={index}><td>{step.stage}</td><td>{step.level}</td><td>{step.address}</td><td>{step.descriptor}</td><td>{step.kind}</td><td class="wrap">{step.fields}</td></tr>)}</tbody>
            </table>
          </div>
          {!result.steps.some(({ stage }) => stage === 1) && <p class="muted">Stage 1 is off, so the address is its own.</p>}
        </>
      )}
    </section>
  );
}

function ExceptionLog(): JSX.Element {
  const lines = log.value;
  return (
    <section class="panel" aria-label="Exceptions">
      <h2>Exceptions, newest first</h2>
      <ol class="log mono" tabIndex={0}>{lines.toReversed().map(({ number, nanoseconds, text }) => <li key={number}><span class="muted">{`${(nanoseconds / 1000).toFixed(1)} \u00b5s`}</span>{` ${text}`}</li>)}</ol>
    </section>
  );
}

export function MachineView(): JSX.Element {
  const { find, walk: address } = screen.value;
  // While it runs the registers are looked at now and then; what is searched for or walked is another look.
  useEffect(() => {
    look();
    const timer = setInterval(() => {
      if (status.value?.isRunning === true) look();
    }, LOOK_MILLISECONDS);
    return () => clearInterval(timer);
  }, [find, address]);
  const held = inspection.value;
  return (
    <>
      <Starter />
      <Driver />
      {status.value !== null && (
        <div class="machine-grid">
          <div>
            <ConsoleView />
            <ExceptionLog />
          </div>
          <div>
            {held !== null && <Registers {...held} />}
            <RegisterPanel />
          </div>
          <div class="third">
            {held !== null && <Interrupts {...held} />}
            <Walk />
          </div>
        </div>
      )}
    </>
  );
}
