package io.jitney.tenancy.admission;

/** What sort of call asks to be let in; each has a limit of its own. */
public enum CallKind {
  /** One request, one answer. */
  UNARY,
  /** Open until one side ends it: holds its place for its whole life. */
  STREAM,
  /** A call of the daemon to the app: costs no token of the rate, which is for the app's calls. */
  DELIVERY
}
