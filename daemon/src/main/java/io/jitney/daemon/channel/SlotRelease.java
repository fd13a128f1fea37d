package io.jitney.daemon.channel;

import io.jitney.daemon.channel.AppLoad.Slot;
import io.vertx.core.http.HttpClientRequest;

/** Ties a place at the app to the request that holds it. */
final class SlotRelease {
  private SlotRelease() {}

  /** Releases when the answer was consumed, or can not come any more. */
  static void whenOver(HttpClientRequest request, Slot slot) {
    request
        .response()
        .onComplete(
            answer -> {
              if (answer.failed()) {
                slot.release();
              } else {
                answer.result().end().onComplete(ended -> slot.release());
              }
            });
  }
}
