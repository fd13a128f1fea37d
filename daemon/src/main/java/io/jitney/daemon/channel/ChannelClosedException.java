package io.jitney.daemon.channel;

/** The app's instance closed before the call reached the app; another instance may take it. */
public final class ChannelClosedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ChannelClosedException() {
    super("the app's instance is closed", null, false, false);
  }
}
