/** Something that not every backend does: how it is done, or in a sentence why not. */
export type Ability<A> =
  | { readonly can: true; readonly run: A }
  /** `why` is for the operator: it names the backend and says what to do instead. */
  | { readonly can: false; readonly why: string }

export const can = <A>(run: A): Ability<A> => ({ can: true, run })

export const cannot = (why: string): Ability<never> => ({ can: false, why })
