package io.jitney.daemon.subscription;

import io.jitney.daemon.isolation.Account;
import io.vertx.core.Future;

/**
 * Where the messages of one subscription are read and routed: on the event loop, unless they are
 * large or a rule has shown that it takes its time. Threads: any.
 */
final class Router {
  /** Reads and routes; fails as it likes. */
  @FunctionalInterface
  interface Work<T> {
    T within(RuleBudget budget) throws Exception;
  }

  private final Account account;

  // Not for correctness: once seen, the event loop is not tried any more.
  private volatile boolean laborious;

  Router(Account account) {
    this.account = account;
  }

  /**
   * Does it here or beside.
   *
   * @param bytes how much it is about
   * @return completes in the calling context
   */
  <T> Future<T> work(long bytes, Work<T> work) {
    if (laborious || bytes >= Account.HEAVY_BYTES) {
      return beside(bytes, work);
    }
    Future<T> done = Aside.work(account, bytes, () -> work.within(RuleBudget.quick()));
    if (!(done.cause() instanceof RuleBudget.Laborious)) {
      return done;
    }
    laborious = true;
    return beside(bytes, work);
  }

  private <T> Future<T> beside(long bytes, Work<T> work) {
    return Aside.work(
        account, Math.max(bytes, Account.HEAVY_BYTES), () -> work.within(RuleBudget.thorough()));
  }
}
