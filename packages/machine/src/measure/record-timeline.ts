/** Runs one world switch with a recorder at the port: what a {@link Timeline} is made of. */
import { followLoadAndPut, followRoundTrip, scenarioControllers, type RoundTripRequest } from './round-trip.ts';
import { SwitchRecorder } from './switch-recorder.ts';
import type { Timeline, TimelineOperation, TimelinePhase } from './timeline.ts';

export type TimelineRequest = Omit<RoundTripRequest, 'plan'>;

/** One for all, so that recordings share a host as measurements do. */
const recorder = new SwitchRecorder();

/** Runs the scenario and records the round trip that `ladder` counts; another guest makes the exit to user space around which load and put are. */
export function recordTimeline(request: TimelineRequest): Timeline {
  const { counts, cycles } = followRoundTrip(request, recorder);
  const trip = recorder.take();
  const { load, put } = followLoadAndPut({ ...request, ...scenarioControllers(request.scenario) }, recorder);
  const around = recorder.take();
  const of = (operations: readonly TimelineOperation[], phase: TimelinePhase): readonly TimelineOperation[] => operations.filter((one) => one.phase === phase);
  return { operations: [...of(around, 'load'), ...trip, ...of(around, 'put')], counts, cycles, load, put };
}
