package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection on the control socket: reads on the virtual thread that calls {@link #serve},
 * writes on one of its own.
 */
final class LauncherConnection implements LauncherSession {
  private static final Logger LOG = LoggerFactory.getLogger(LauncherConnection.class);

  /** A connection that has said nothing complete by then is dropped. */
  private static final Duration FIRST_FRAME = Duration.ofSeconds(10);

  /** How long queued log output may hold up the exit code. */
  private static final Duration FLUSH = Duration.ofSeconds(1);

  /** How long the exit code itself waits for a launcher whose own output is stuck. */
  private static final Duration LINGER = Duration.ofSeconds(30);

  private enum Phase {
    OPEN,
    /**
     * {@link #exit} was called, or the connection was refused: output is being written, input means
     * nothing.
     */
    EXITING,
    /** The other side is gone. */
    GONE
  }

  private final SocketChannel channel;
  private final ControlHandler handler;
  private final OutputQueue output = new OutputQueue();
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.OPEN);
  private final Thread writer;

  /** Whether the handler knows of this session. Reading thread only. */
  private boolean known;

  private boolean opened;

  LauncherConnection(SocketChannel channel, ControlHandler handler) {
    this.channel = channel;
    this.handler = handler;
    this.writer = Thread.ofVirtual().name("control-writer").unstarted(this::write);
  }

  /**
   * Serves this connection until it ends.
   *
   * @param refusal why this peer may not use the daemon, or null when it may
   */
  void serve(@Nullable String refusal) {
    writer.start();
    try {
      if (refusal != null) {
        fail(refusal);
        return;
      }
      read();
    } catch (ProtocolException e) {
      fail(e.getMessage());
    } catch (IOException e) {
      // The launcher was killed, or our side is closed: either way this is the end.
    } catch (RuntimeException e) {
      LOG.error("control socket: a request failed", e);
      fail("internal error of the daemon");
    } finally {
      if (phase.compareAndSet(Phase.OPEN, Phase.GONE)) {
        output.close();
        tellGone();
        close();
      }
      joinWriter();
    }
  }

  /**
   * A connection counts until its last words are out; {@link #enforceEnd} sees to it that this
   * comes.
   */
  private void joinWriter() {
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() throws IOException {
    FrameReader frames = new FrameReader(channel);
    Thread impatience = Thread.ofVirtual().name("control-first-frame").start(this::dropIfSilent);
    @Nullable Frame frame = frames.read();
    impatience.interrupt();
    while (frame != null && phase.get() == Phase.OPEN) {
      accept(frame);
      frame = frames.read();
    }
  }

  private void dropIfSilent() {
    try {
      Thread.sleep(FIRST_FRAME);
      close();
    } catch (InterruptedException e) {
      // It has spoken.
    }
  }

  private void accept(Frame frame) throws ProtocolException {
    switch (frame.type()) {
      case OPEN -> {
        if (known) {
          throw new ProtocolException("a second request to open");
        }
        OpenRequest request = OpenRequest.parse(frame.payload());
        known = true;
        opened = true;
        handler.open(request, this);
      }
      case SIGNAL -> {
        if (!opened) {
          throw new ProtocolException("a signal for no sidecar");
        }
        handler.signal(ControlSignal.parse(frame.payload()), this);
      }
      case REQUEST -> {
        if (opened) {
          throw new ProtocolException("a command from a launcher");
        }
        JsonObject request = json(frame.payload());
        known = true;
        handler.request(request, this);
      }
      case STDOUT, STDERR, ANSWER, EXIT ->
          throw new ProtocolException("a frame that only the daemon sends");
    }
  }

  private static JsonObject json(byte[] payload) throws ProtocolException {
    try {
      return new JsonObject(new String(payload, UTF_8));
    } catch (DecodeException e) {
      throw new ProtocolException("a request that is no JSON object");
    }
  }

  @Override
  public void stdout(byte[] lines) {
    log(FrameType.STDOUT, lines);
  }

  @Override
  public void stderr(byte[] lines) {
    log(FrameType.STDERR, lines);
  }

  private void log(FrameType type, byte[] lines) {
    if (lines.length > 0 && phase.get() == Phase.OPEN) {
      output.log(new Frame(type, lines));
    }
  }

  @Override
  public void json(JsonObject answer) {
    if (phase.get() != Phase.OPEN) {
      return;
    }
    byte[] payload = answer.encode().getBytes(UTF_8);
    if (payload.length >= FrameReader.MAX_FRAME) {
      payload = new JsonObject().put("error", "the answer is too large").encode().getBytes(UTF_8);
    }
    if (!output.answer(new Frame(FrameType.ANSWER, payload))) {
      LOG.warn("control socket: a client that reads no answers was disconnected");
      close();
    }
  }

  @Override
  public void exit(int code) {
    if (phase.compareAndSet(Phase.OPEN, Phase.EXITING)) {
      end(code);
    }
  }

  @Override
  public boolean isOpen() {
    return phase.get() == Phase.OPEN;
  }

  /**
   * Ends a connection that this side does not want; the handler hears the same as if the launcher
   * had gone.
   */
  private void fail(@Nullable String why) {
    if (phase.compareAndSet(Phase.OPEN, Phase.EXITING)) {
      output.log(new Frame(FrameType.STDERR, ("jitney: " + why + "\n").getBytes(UTF_8)));
      end(1);
      tellGone();
    }
  }

  private void tellGone() {
    if (!known) {
      return;
    }
    try {
      handler.gone(this);
    } catch (RuntimeException e) {
      LOG.error("control socket: closing what a launcher left behind failed", e);
    }
  }

  private void end(int code) {
    output.end(new Frame(FrameType.EXIT, new byte[] {(byte) code}));
    Thread.ofVirtual().name("control-exit").start(this::enforceEnd);
  }

  /**
   * A launcher whose output is stuck must not lose its exit code to log lines, nor hold the
   * connection for ever.
   */
  private void enforceEnd() {
    if (!awaitWritten(FLUSH)) {
      output.dropLogs();
      awaitWritten(LINGER);
      close();
    }
  }

  private boolean awaitWritten(Duration time) {
    try {
      return writer.join(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void write() {
    FrameWriter frames = new FrameWriter(channel);
    try {
      @Nullable Frame frame;
      while ((frame = output.take()) != null) {
        frames.write(frame);
        if (frame.type() == FrameType.EXIT) {
          break;
        }
      }
    } catch (IOException e) {
      // The launcher is gone; the reading thread notices by the close below.
    } finally {
      output.close();
      close();
    }
  }

  /** Waits for the end of an exit that is under way, then closes. */
  void close(Duration patience) {
    if (phase.get() == Phase.EXITING) {
      awaitWritten(patience);
    }
    close();
  }

  private void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("control socket: close failed", e);
    }
  }
}
