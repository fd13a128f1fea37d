package io.jitney.components.bindings;

import io.jitney.components.spi.Component;
import io.jitney.components.spi.Flow;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source of events for the app. */
public interface InputBinding extends Component {
  /**
   * Begins to read. Called at most once at a time; may be called again after {@link
   * Reading#cancel}.
   *
   * @param flow on whose account events are fetched and held
   * @param handler called on an event loop for every event
   * @return what ends it, once the source took it; the component reconnects by itself from then on
   */
  Future<Reading> read(Flow flow, EventHandler handler);

  /** Its events come by the clock: who reads them takes them away from nobody. */
  interface Clocked extends InputBinding {}

  /** One event; what the source says about it is in its metadata. */
  record BindingEvent(Buffer data, Map<String, String> metadata, @Nullable String contentType) {
    @Override
    public String toString() {
      return "BindingEvent[" + data.length() + " bytes]";
    }
  }

  /** Takes events. */
  @FunctionalInterface
  interface EventHandler {
    /**
     * @return the app's answer, for sources that pass it on: acknowledge; a failure is what the
     *     source makes of an event that could not be handled; one that never ends means neither
     */
    Future<Buffer> handle(BindingEvent event);
  }

  /** Events that come until it is cancelled. */
  interface Reading {
    /** Ends it, without a word about events that are being handled. Idempotent. */
    Future<Void> cancel();
  }
}
