package io.jitney.daemon.bindings;

import io.jitney.components.bindings.InputBinding.BindingEvent;
import io.jitney.components.bindings.InputBinding.Reading;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One input binding from its start to its stop. Threads: any; events come on event loops. */
final class InputSession {
  /** For acknowledgements of what was in flight to get out. */
  private static final long SETTLE_MILLIS = 400;

  private final Vertx vertx;
  private final OpenInput input;
  private final Function<BindingEvent, Future<Buffer>> deliver;

  // Guarded by this.
  private int inFlight;
  private boolean closed;
  private @Nullable Promise<Void> idle;
  private Future<Reading> reading = Future.failedFuture("not begun");

  InputSession(Vertx vertx, OpenInput input, Function<BindingEvent, Future<Buffer>> deliver) {
    this.vertx = vertx;
    this.input = input;
    this.deliver = deliver;
  }

  /** Fails when the source can not be read. */
  Future<Void> start(Flow flow) {
    Future<Reading> started;
    try {
      started = input.binding().read(flow, this::handle);
    } catch (RuntimeException failure) {
      started = Future.failedFuture(failure);
    }
    synchronized (this) {
      reading = started;
    }
    return started.mapEmpty();
  }

  Future<Buffer> handle(BindingEvent event) {
    synchronized (this) {
      if (closed) {
        return Future.failedFuture("input binding is closed");
      }
      inFlight++;
    }
    Future<Buffer> delivered;
    try {
      delivered = deliver.apply(event);
    } catch (RuntimeException failure) {
      delivered = Future.failedFuture(failure);
    }
    return delivered.onComplete(done -> left());
  }

  private void left() {
    Promise<Void> last;
    synchronized (this) {
      inFlight--;
      last = inFlight == 0 ? idle : null;
    }
    if (last != null) {
      last.tryComplete();
    }
  }

  /** New events are refused, those in flight end, then the source is left. Never fails. */
  Future<Void> stop() {
    Future<Void> drained;
    Future<Reading> begun;
    synchronized (this) {
      if (closed) {
        return Future.succeededFuture();
      }
      closed = true;
      begun = reading;
      if (inFlight == 0) {
        drained = Future.succeededFuture();
      } else {
        Promise<Void> last = Promise.promise();
        idle = last;
        drained = last.future().compose(done -> vertx.timer(SETTLE_MILLIS).mapEmpty());
      }
    }
    return drained
        .compose(done -> begun)
        .compose(Reading::cancel)
        .recover(failure -> Future.succeededFuture());
  }
}
