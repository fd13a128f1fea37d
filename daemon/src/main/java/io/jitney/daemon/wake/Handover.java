package io.jitney.daemon.wake;

import io.jitney.components.bindings.InputBinding.BindingEvent;
import io.jitney.daemon.channel.AppLife;
import io.jitney.daemon.instance.AppInstance;
import io.vertx.core.Future;

/**
 * Hands over what an app listens to, to an instance that comes and back when it goes. Subscriptions
 * overlap for a moment: the instance reads before they are let go, and they are held before it
 * stops, for some brokers forget a queue that nobody uses. Clocks do not: an event must not come
 * twice.
 */
public final class Handover {
  /** The clocked bindings of an instance. */
  @FunctionalInterface
  public interface Clocks {
    /** Delivers an event that came before it was there. Handles failures itself. */
    void missed(String binding, BindingEvent event);
  }

  private final Sleepers sleepers;
  private final AppInstance instance;
  private final Clocks clocks;

  Handover(Sleepers sleepers, AppInstance instance, Clocks clocks) {
    this.sleepers = sleepers;
    this.instance = instance;
    this.clocks = clocks;
  }

  /** To be the first of the instance's parts. */
  public AppLife.Part first() {
    return new AppLife.Part() {
      @Override
      public Future<Void> begin() {
        if (instance.channel() == null) {
          return Future.succeededFuture(); // nobody to bring anything
        }
        Sleeper sleeper = sleepers.coming(instance);
        return sleeper == null ? Future.succeededFuture() : sleeper.coming(instance);
      }

      @Override
      public Future<Void> stop() {
        Sleeper sleeper = sleepers.of(instance.tenant());
        return sleeper == null ? Future.succeededFuture() : sleeper.going(instance);
      }
    };
  }

  /** To be the last of the instance's parts. */
  public AppLife.Part last() {
    return new AppLife.Part() {
      @Override
      public Future<Void> begin() {
        Sleeper sleeper = sleepers.of(instance.tenant());
        return sleeper == null || instance.channel() == null
            ? Future.succeededFuture()
            : sleeper.came(instance, clocks);
      }

      @Override
      public Future<Void> stop() {
        Sleeper sleeper = sleepers.gone(instance);
        return sleeper == null ? Future.succeededFuture() : sleeper.gone(instance);
      }
    };
  }
}
