package io.jitney.tenancy.lifecycle;

import io.jitney.tenancy.lifecycle.TenantState.Closed;
import io.jitney.tenancy.lifecycle.TenantState.Draining;
import io.jitney.tenancy.lifecycle.TenantState.Failed;
import io.jitney.tenancy.lifecycle.TenantState.Opening;
import io.jitney.tenancy.lifecycle.TenantState.Running;
import org.jspecify.annotations.Nullable;

/**
 * The state of one instance, shared by threads. Begins as opening.
 *
 * <p>Each move is atomic and exists twice: {@link #running()} for a caller that knows the move to
 * be legal (otherwise {@link IllegalStateException} naming both states, and nothing moved), and
 * {@link #tryRunning()} for one that races with others, as a stop signal does with a shutdown call:
 * exactly one of them gets {@code true}.
 *
 * <p>Reading {@link #state()} costs a volatile read.
 */
public final class LifeCycle {

  /** Told after each move, in the order of the moves. */
  @FunctionalInterface
  public interface Listener {

    /**
     * Called outside any lock, by the thread that made the move or by one that made another move at
     * the same time; so the state may be further on already. Must be quick and must not block. An
     * exception is logged and disturbs neither the move nor other listeners.
     */
    void changed(TenantState from, TenantState to);
  }

  /** What a state becomes; null where that is not legal. */
  @FunctionalInterface
  private interface Move {
    @Nullable TenantState from(TenantState state);
  }

  private final Announcer<Listener> announcer = new Announcer<>();
  private volatile TenantState state = new Opening();

  public TenantState state() {
    return state;
  }

  /** Whether calls may be sent to the instance. */
  public boolean isRunning() {
    return state instanceof Running;
  }

  /** Adds a listener for the moves from now on; it stays for the life of this object. */
  public void onChange(Listener listener) {
    announcer.add(listener);
  }

  /** From opening. */
  public void running() {
    require("running", LifeCycle::toRunning);
  }

  /** As {@link #running()}, but false where that is not legal. */
  public boolean tryRunning() {
    return refusing(LifeCycle::toRunning) == null;
  }

  /** From opening or running. */
  public void draining() {
    require("draining", LifeCycle::toDraining);
  }

  /** As {@link #draining()}, but false where that is not legal. */
  public boolean tryDraining() {
    return refusing(LifeCycle::toDraining) == null;
  }

  /** From opening, running or draining; {@code reason} must be free of secrets. */
  public void failed(String reason) {
    require("failed", from -> toFailed(from, reason));
  }

  /** As {@link #failed}, but false where that is not legal: the first reason stays. */
  public boolean tryFailed(String reason) {
    return refusing(from -> toFailed(from, reason)) == null;
  }

  /** From draining or failed. */
  public void closed() {
    require("closed", LifeCycle::toClosed);
  }

  /** As {@link #closed()}, but false where that is not legal. */
  public boolean tryClosed() {
    return refusing(LifeCycle::toClosed) == null;
  }

  private void require(String target, Move move) {
    TenantState refusing = refusing(move);
    if (refusing != null) {
      throw new IllegalStateException(
          "an instance that is " + refusing.name() + " cannot become " + target);
    }
  }

  /** Makes the move, or returns the state that does not allow it. */
  private @Nullable TenantState refusing(Move move) {
    synchronized (this) {
      TenantState from = state;
      TenantState to = move.from(from);
      if (to == null) {
        return from;
      }
      state = to;
      announcer.enqueue(listener -> listener.changed(from, to));
    }
    announcer.deliver();
    return null;
  }

  private static @Nullable TenantState toRunning(TenantState from) {
    return switch (from) {
      case Opening opening -> opening.running();
      case Running _, Draining _, Closed _, Failed _ -> null;
    };
  }

  private static @Nullable TenantState toDraining(TenantState from) {
    return switch (from) {
      case Opening opening -> opening.draining();
      case Running running -> running.draining();
      case Draining _, Closed _, Failed _ -> null;
    };
  }

  private static @Nullable TenantState toFailed(TenantState from, String reason) {
    return switch (from) {
      case Opening opening -> opening.failed(reason);
      case Running running -> running.failed(reason);
      case Draining draining -> draining.failed(reason);
      case Closed _, Failed _ -> null;
    };
  }

  private static @Nullable TenantState toClosed(TenantState from) {
    return switch (from) {
      case Draining draining -> draining.closed();
      case Failed failed -> failed.closed();
      case Opening _, Running _, Closed _ -> null;
    };
  }

  @Override
  public String toString() {
    return state.name();
  }
}
