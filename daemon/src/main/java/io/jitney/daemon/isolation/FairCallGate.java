package io.jitney.daemon.isolation;

import io.jitney.components.spi.CallContext;
import io.jitney.components.spi.CallGate;
import io.jitney.components.spi.CallGates;
import io.jitney.components.spi.GatedCall;
import io.jitney.tenancy.fair.AdaptiveLimit;
import io.jitney.tenancy.fair.FairGate;
import io.jitney.tenancy.fair.Flow;
import io.jitney.tenancy.fair.Turn;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A pool's gate: {@link FairGate} as components see it. */
final class FairCallGate implements CallGate {
  /** A call with its turn: what the gate knows of it. */
  private static final class Ticket extends Turn {
    private final GatedCall call;
    private final BooleanSupplier wanted;
    private long startedNanos;

    Ticket(GatedCall call, BooleanSupplier wanted) {
      this.call = call;
      this.wanted = wanted;
    }

    @Override
    protected boolean isWanted() {
      return wanted.getAsBoolean();
    }

    @Override
    protected void start() {
      startedNanos = System.nanoTime();
      call.started();
    }

    @Override
    protected void refused(Refusal why) {
      call.turnedAway(
          switch (why) {
            case QUEUE_FULL -> GatedCall.Refusal.QUEUE_FULL;
            case DEADLINE -> GatedCall.Refusal.DEADLINE;
            case CLOSED -> GatedCall.Refusal.CLOSED;
          });
    }
  }

  private final FairGate gate;
  private final @Nullable AdaptiveLimit limit;
  private final Flow nodeShare;
  private final Consumer<FairCallGate> closed;

  FairCallGate(CallGates.Settings settings, Flow nodeShare, Consumer<FairCallGate> closed) {
    this.gate =
        new FairGate(
            new FairGate.Settings(
                settings.startPlaces(),
                settings.reserve(),
                settings.queuePerFlow(),
                settings.queueTotal()));
    this.limit =
        settings.minPlaces() == settings.maxPlaces()
            ? null
            : new AdaptiveLimit(settings.minPlaces(), settings.startPlaces(), settings.maxPlaces());
    this.nodeShare = nodeShare;
    this.closed = closed;
  }

  @Override
  public void enter(CallContext context, long costHintNanos, GatedCall call) {
    Flow share = context.flow() instanceof Account account ? account.share() : nodeShare;
    if (!context.wanted().getAsBoolean()) {
      call.turnedAway(GatedCall.Refusal.DEADLINE);
      return;
    }
    Ticket ticket = new Ticket(call, context.wanted());
    call.ticket(ticket);
    gate.enter(share, ticket, costHintNanos, context.deadlineNanos());
  }

  @Override
  public boolean cancel(GatedCall call) {
    return call.ticket() instanceof Ticket ticket && gate.cancel(ticket);
  }

  @Override
  public void done(GatedCall call, long costNanos, Outcome outcome) {
    if (!(call.ticket() instanceof Ticket ticket)) {
      return;
    }
    AdaptiveLimit adaptive = limit;
    if (adaptive != null) {
      long latency = System.nanoTime() - ticket.startedNanos;
      if (adaptive.sample(latency, gate.status().running(), translated(outcome))) {
        gate.places(adaptive.limit());
      }
    }
    gate.done(ticket, costNanos);
  }

  private static AdaptiveLimit.Outcome translated(Outcome outcome) {
    return switch (outcome) {
      case ANSWERED -> AdaptiveLimit.Outcome.ANSWERED;
      case OVERLOADED -> AdaptiveLimit.Outcome.OVERLOADED;
      case UNKNOWN -> AdaptiveLimit.Outcome.UNKNOWN;
    };
  }

  /** Refuses calls that wait in vain. */
  void expire() {
    gate.expire();
  }

  @Override
  public int places() {
    return gate.status().places();
  }

  @Override
  public int running() {
    return gate.status().running();
  }

  @Override
  public int queued() {
    return gate.status().queued();
  }

  @Override
  public void close() {
    closed.accept(this);
    gate.close();
  }
}
