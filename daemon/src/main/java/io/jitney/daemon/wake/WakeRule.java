package io.jitney.daemon.wake;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an app that may be away is kept and woken: {@code spec.scaleToZero} of its App resource.
 *
 * @param hook who is called when something waits; null: nobody, it only waits
 * @param onInvoke whether a call to the app wakes it, too, and waits for it
 * @param startSeconds how long an instance may take to be there after a call of the hook
 * @param cooldownSeconds shortest time from one call of the hook to the next; doubled after each
 *     failure, up to {@link #LONGEST_PAUSE_SECONDS}
 * @param attempts failures in a row after which nobody is called any more
 * @param file the App's: whoever may write it decides what is run
 */
public record WakeRule(
    @Nullable Hook hook,
    boolean onInvoke,
    int startSeconds,
    int cooldownSeconds,
    int attempts,
    Path file) {
  public static final int LONGEST_PAUSE_SECONDS = 600;

  /** Who starts the app. */
  public sealed interface Hook {
    /** Seconds until it is given up. */
    int timeoutSeconds();
  }

  /**
   * A program, run without a shell.
   *
   * @param argv its path, absolute, and its arguments
   * @param environment names of the daemon's variables that it sees
   * @param folder where it runs
   */
  public record Command(
      List<String> argv, List<String> environment, Path folder, int timeoutSeconds)
      implements Hook {}

  /**
   * A request; any answer of 200 to 299 is good.
   *
   * @param url http or https
   * @param caFile PEM certificates that sign the server's; null: the usual ones
   */
  public record Request(
      String url,
      String method,
      Map<String, SecretText> headers,
      @Nullable Path caFile,
      int timeoutSeconds)
      implements Hook {
    @Override
    public String toString() {
      return "Request[" + method + "]"; // a URL may hold secrets
    }
  }
}
