import { type AnyActorRef, fromPromise, type PromiseActorLogic } from 'xstate';
import type { CancelSignal } from '../base/cancel.ts';
import { Fault } from '../base/invariant.ts';
import type { Services } from '../services.ts';

/** One thing a machine can ask for. It gets the services and its input, and returns an outcome without secrets. */
export type Effect<Output, Input> = (services: Services, input: Input, signal: CancelSignal) => Promise<Output>;

/** Names an effect in a machine's `setup`; the terminal provides the real one. */
export function declareEffect<Output, Input>(): PromiseActorLogic<Output, Input> {
  return fromPromise<Output, Input>(() => Promise.reject(new Fault('broken invariant: every effect is provided')));
}

/** All actors of one terminal. */
export type ActorSystem = AnyActorRef['system'];

/** Finds the services of the terminal whose actors these are. */
export type ServicesOf = (system: ActorSystem) => Services;

/** Makes the actor that runs an effect with the services of its own terminal. */
export function provideEffect<Output, Input>(
  services: ServicesOf,
  effect: Effect<Output, Input>,
): PromiseActorLogic<Output, Input> {
  return fromPromise<Output, Input>(({ input, signal, system }) => effect(services(system), input, signal));
}
