package io.jitney.tenancy.lifecycle;

import java.util.Objects;

/**
 * Where an instance is in its life. Each state offers the moves that are legal from it, so a wrong
 * one does not compile:
 *
 * <pre>
 * opening --> running --> draining --> closed
 *    |  \________|___________^  |         ^
 *    |           |              |         |
 *    +-----------+--------------+--> failed
 * </pre>
 *
 * An instance is told to stop while still opening: it drains (there may be calls already, from an
 * app that is slow to start) and closes. A failed instance serves nothing; what it holds is
 * released under that name, so that its reason stays visible until the end, and then it is closed
 * like any other. Only closed is final.
 */
public sealed interface TenantState {

  /** The state as one lower-case word, for logs, metadata and metrics. */
  String name();

  /** Resources are being loaded and listeners bound; no calls are served yet. */
  record Opening() implements TenantState {

    public Running running() {
      return new Running();
    }

    public Draining draining() {
      return new Draining();
    }

    public Failed failed(String reason) {
      return new Failed(reason);
    }

    @Override
    public String name() {
      return "opening";
    }
  }

  /** Calls are served. */
  record Running() implements TenantState {

    public Draining draining() {
      return new Draining();
    }

    public Failed failed(String reason) {
      return new Failed(reason);
    }

    @Override
    public String name() {
      return "running";
    }
  }

  /** No new work; what is in flight comes to its end. */
  record Draining() implements TenantState {

    public Closed closed() {
      return new Closed();
    }

    /** The drain itself went wrong: a listener that does not close, a component that hangs. */
    public Failed failed(String reason) {
      return new Failed(reason);
    }

    @Override
    public String name() {
      return "draining";
    }
  }

  /** Nothing is held any more. Final. */
  record Closed() implements TenantState {

    @Override
    public String name() {
      return "closed";
    }
  }

  /**
   * Broken; what it holds still has to be released.
   *
   * @param reason what went wrong, for the tenant's owner; free of secrets
   */
  record Failed(String reason) implements TenantState {

    public Failed {
      Objects.requireNonNull(reason, "reason");
    }

    public Closed closed() {
      return new Closed();
    }

    @Override
    public String name() {
      return "failed";
    }
  }
}
