package io.jitney.daemon.subscription;

import io.jitney.daemon.error.DaprException;
import io.jitney.daemon.isolation.Account;
import io.vertx.core.Future;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Work on messages: what is large is not left to the event loop, and waits for its turn. */
final class Aside {
  private Aside() {}

  /**
   * Does it here or beside.
   *
   * @param work fails with anything but a {@link DaprException}, which is how turns are refused
   * @return completes in the calling context
   */
  static <T extends @Nullable Object> Future<T> work(
      Account account, long bytes, Callable<T> work) {
    Future<T> done = account.work(bytes, work);
    return done.succeeded()
        ? done
        : done.recover(
            failure ->
                failure instanceof DaprException
                    ? Pause.then(() -> work(account, bytes, work))
                    : Future.failedFuture(failure));
  }
}
