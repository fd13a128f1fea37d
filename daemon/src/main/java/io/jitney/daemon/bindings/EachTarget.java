package io.jitney.daemon.bindings;

import io.jitney.daemon.isolation.Account;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls the output bindings that an app's answer names, of which there may be a million: a bounded
 * number at the same time, and none of them within a call of another. On one event loop.
 */
final class EachTarget {
  private static final int AT_ONCE = 32;

  /** Calls that end at once may follow each other so often; then others have their turn. */
  private static final int IN_A_ROW = 64;

  private final Account account;
  private final @Nullable ContextInternal home = ContextInternal.current();
  private final Iterator<String> targets;
  private final Function<String, Future<Void>> call;
  private final boolean untilFailure;
  private final Promise<Void> all = Promise.promise();
  private int running;
  private @Nullable Throwable failure;

  private EachTarget(
      Account account,
      List<String> targets,
      Function<String, Future<Void>> call,
      boolean untilFailure) {
    this.account = account;
    this.targets = targets.iterator();
    this.call = call;
    this.untilFailure = untilFailure;
  }

  /** All, whatever becomes of others; fails as the first that failed. */
  static Future<Void> together(
      Account account, List<String> targets, Function<String, Future<Void>> call) {
    return new EachTarget(account, targets, call, false).begin(AT_ONCE);
  }

  /** One after the other, up to the first that fails. */
  static Future<Void> inTurn(
      Account account, List<String> targets, Function<String, Future<Void>> call) {
    return new EachTarget(account, targets, call, true).begin(1);
  }

  private Future<Void> begin(int lanes) {
    running = lanes;
    for (int i = 0; i < lanes; i++) {
      next();
    }
    return all.future();
  }

  private void next() {
    for (int i = 0; targets.hasNext() && !(untilFailure && failure != null); i++) {
      if (i == IN_A_ROW && home != null) {
        home.nettyEventLoop().execute(() -> account.runInTurn(home, this::next));
        return;
      }
      Future<Void> called = call.apply(targets.next());
      if (!called.isComplete()) {
        called.onComplete(
            done -> {
              failed(done.cause());
              account.run(home, this::next);
            });
        return;
      }
      failed(called.cause());
    }
    if (--running == 0) {
      Throwable first = failure;
      if (first == null) {
        all.complete();
      } else {
        all.fail(first);
      }
    }
  }

  private void failed(@Nullable Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
  }
}
