package io.jitney.daemon.admission;

/** A call's client has left before the call was begun: nothing is done for it any more. */
public final class ClientGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ClientGoneException() {
    super("the client is gone", null, false, false);
  }

  /** Throws it unless the call is wanted. */
  public static void check(boolean wanted) {
    if (!wanted) {
      throw new ClientGoneException();
    }
  }
}
