/** What is run: machine, mode, interrupt controllers, scenario. */
import type { ComponentChildren, JSX } from 'preact';
import { catalogue } from '../data.ts';
import type { ScenarioChoice } from '../protocol.ts';
import { go, modesOf, screen, withModes, type Mode } from '../state.ts';

export interface Option {
  readonly value: string;
  readonly text: string;
}

export interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
}

export function Select({ label, value, options, onChange }: SelectProps): JSX.Element {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {!options.some((option) => option.value === value) && <option value={value}>{value}</option>}
        {options.map((option) => <option key={option.value} value={option.value}>{option.text}</option>)}
      </select>
    </label>
  );
}

/** Interrupt controllers of a scenario, as one choice. */
const controllersOf = ({ gic, guestGic }: ScenarioChoice): string => `${String(gic)} ${String(guestGic)}`;
const CONTROLLERS: readonly Option[] = [
  { value: '3 3', text: 'GICv3' },
  { value: '3 2', text: 'GICv2 guest on GICv3' },
  { value: '2 2', text: 'GICv2' },
];

/** What happens in a scenario, without its interrupt controller's name. */
const EVENTS: Readonly<Record<string, string>> = {
  hvc: 'hypercall', mmio: 'MMIO, to user space', irq: 'host interrupt', 'irq-1lr': 'host interrupt, 1 list register', 'irq-4lr': 'host interrupt, 4 list registers',
  'hvc-fp': 'hypercall, FP in use', 'hvc-debug': 'hypercall, debug registers in use',
};

export function scenarioText(name: string): string {
  const event = name.replace(/^gicv2-(?:on-v3-)?/, '');
  return Object.hasOwn(EVENTS, event) ? EVENTS[event]! : name;
}

/** Modes of the left and of the right side, as one choice. */
const MODES: readonly (Option & { readonly modes: readonly [Mode, Mode] })[] = [
  { value: 'vhe', text: 'VHE: host at EL2', modes: ['vhe', 'vhe'] }, { value: 'nvhe', text: 'non-VHE: host at EL1', modes: ['nvhe', 'nvhe'] },
  { value: 'nvhe vhe', text: 'left non-VHE, right VHE', modes: ['nvhe', 'vhe'] }, { value: 'vhe nvhe', text: 'left VHE, right non-VHE', modes: ['vhe', 'nvhe'] },
];

/** `withMode`: views that show both modes have no choice of one. `children`: what else can be chosen there. */
export function RunControls({ withMode, children }: { readonly withMode: boolean; readonly children?: ComponentChildren }): JSX.Element {
  const { machine, scenario } = screen.value;
  const { a, b } = modesOf(screen.value);
  const known = catalogue.value;
  const scenarios = known?.scenarios ?? [];
  const current = scenarios.find(({ name }) => name === scenario);
  const controllers = current === undefined ? '3 3' : controllersOf(current);
  const ofControllers = scenarios.filter((one) => controllersOf(one) === controllers);
  return (
    <div class="controls" role="group" aria-label="What is run">
      <Select label="Machine (prices)" value={machine} options={(known?.machines ?? []).map(({ name, clockHz }) => ({ value: name, text: `${name}, ${String(clockHz / 1e9)} GHz` }))} onChange={(value) => go({ machine: value })} />
      {withMode && (
        <Select
          label="Mode"
          value={a === b ? a : `${a} ${b}`}
          options={MODES}
          onChange={(value) => {
            const found = MODES.find((one) => one.value === value);
            if (found !== undefined) go({ ...withModes(...found.modes), open: '' });
          }}
        />
      )}
      <Select
        label="Interrupt controller"
        value={controllers}
        options={CONTROLLERS}
        onChange={(value) => {
          const first = scenarios.find((one) => controllersOf(one) === value && scenarioText(one.name) === scenarioText(scenario)) ?? scenarios.find((one) => controllersOf(one) === value);
          if (first !== undefined) go({ scenario: first.name });
        }}
      />
      <Select label="What the guest does" value={scenario} options={ofControllers.map(({ name }) => ({ value: name, text: scenarioText(name) }))} onChange={(value) => go({ scenario: value })} />
      {children}
    </div>
  );
}
