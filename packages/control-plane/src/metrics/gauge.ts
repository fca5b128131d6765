/** Measurements that are read when somebody asks for them, so that nothing on a job's way keeps count. */
import { Effect, Metric } from "effect"

const none = () => undefined

const registered = <Input, State>(metric: Metric.Metric<Input, State>, get: () => State) =>
  Effect.acquireRelease(
    Effect.map(Effect.context<never>(), (context) =>
      Metric.registerUnsafe(metric, context, { get, update: none, modify: none })
    ),
    (registration) => Effect.sync(() => registration.remove())
  )

/** A value of the moment, under a name until the scope closes. */
export const gauge = (
  name: string,
  description: string,
  read: () => number,
  attributes: Readonly<Record<string, string>> = {}
) => registered(Metric.gauge(name, { description, attributes }), () => ({ value: read() }))

/** A sum that somebody else keeps and that never falls. */
export const total = (name: string, description: string, read: () => number) =>
  registered(Metric.counter(name, { description, incremental: true }), () => ({ count: read(), incremental: true }))
