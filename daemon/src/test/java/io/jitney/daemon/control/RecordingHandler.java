package io.jitney.daemon.control;

import io.vertx.core.json.JsonObject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A daemon that only remembers what it was asked. */
class RecordingHandler implements ControlHandler {
  record Opened(OpenRequest request, LauncherSession session) {}

  final BlockingQueue<Opened> opened = new LinkedBlockingQueue<>();
  final BlockingQueue<ControlSignal> signals = new LinkedBlockingQueue<>();
  final BlockingQueue<LauncherSession> gone = new LinkedBlockingQueue<>();

  @Override
  public void open(OpenRequest request, LauncherSession session) {
    opened.add(new Opened(request, session));
  }

  @Override
  public void signal(ControlSignal signal, LauncherSession session) {
    signals.add(signal);
  }

  @Override
  public void request(JsonObject request, LauncherSession session) {
    session.json(new JsonObject().put("asked", request));
  }

  @Override
  public void gone(LauncherSession session) {
    gone.add(session);
  }

  static <T> T within(BlockingQueue<T> queue, int millis) throws InterruptedException {
    T next = queue.poll(millis, TimeUnit.MILLISECONDS);
    if (next == null) {
      throw new AssertionError("nothing came within " + millis + " ms");
    }
    return next;
  }
}
