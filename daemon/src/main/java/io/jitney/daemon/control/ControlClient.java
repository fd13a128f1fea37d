package io.jitney.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The commands' end of the control socket. Blocking; one thread, except {@link #signal} and {@link
 * #close}, which may come from others while it waits.
 */
public final class ControlClient implements AutoCloseable {
  private final ControlPath path;
  private final SocketChannel channel;
  private final FrameReader reader;
  private final FrameWriter writer;

  private ControlClient(ControlPath path, SocketChannel channel) {
    this.path = path;
    this.channel = channel;
    this.reader = new FrameReader(channel);
    this.writer = new FrameWriter(channel);
  }

  /**
   * Connects to the daemon; empty when none listens there.
   *
   * @throws ControlSocketException when what listens there is another user's
   */
  public static Optional<ControlClient> connect(ControlPath path) throws IOException {
    if (!Files.exists(path.path(), LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    SocketChannel channel;
    try {
      channel = SocketChannel.open(UnixDomainSocketAddress.of(path.path()));
    } catch (ConnectException e) {
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      throw new ControlSocketException(
          "cannot use the daemon's socket " + path + ": " + e.getMessage());
    }
    if (!trusted(channel, path)) {
      channel.close();
      throw new ControlSocketException(
          "cannot use the daemon's socket " + path + ": the daemon there belongs to another user");
    }
    return Optional.of(new ControlClient(path, channel));
  }

  private static boolean trusted(SocketChannel channel, ControlPath path) throws IOException {
    ProcessOwner owner = ProcessOwner.current();
    UserPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    return peer.equals(owner.user())
        || peer.equals(ProcessOwner.root())
        || (owner.isRoot() && path.explicit());
  }

  /**
   * Asks, and waits for the answer.
   *
   * @param request with {@code op}
   * @param deadline for the whole exchange; the connection is of no more use when it passes
   * @throws IOException when the daemon ended, or did not answer in time
   */
  public JsonObject request(JsonObject request, Duration deadline) throws IOException {
    AtomicBoolean late = new AtomicBoolean();
    Thread watch =
        Thread.ofVirtual().name("control-deadline").start(() -> closeAfter(deadline, late));
    try {
      send(new Frame(FrameType.REQUEST, request.encode().getBytes(UTF_8)));
      Frame frame = next();
      return switch (frame.type()) {
        case ANSWER -> new JsonObject(new String(frame.payload(), UTF_8));
        case STDERR -> throw new ControlSocketException(new String(frame.payload(), UTF_8).strip());
        case STDOUT, EXIT ->
            throw new ProtocolException("the daemon at " + path + " gave no answer");
        case OPEN, SIGNAL, REQUEST ->
            throw new ProtocolException("a frame that only launchers send");
      };
    } catch (DecodeException e) {
      throw new ProtocolException("an answer that is no JSON object");
    } catch (IOException e) {
      if (late.get()) {
        throw new ControlSocketException(
            "the daemon at " + path + " did not answer within " + deadline.toSeconds() + " s");
      }
      throw e;
    } finally {
      watch.interrupt();
    }
  }

  private void closeAfter(Duration deadline, AtomicBoolean late) {
    try {
      Thread.sleep(deadline);
      late.set(true);
      close();
    } catch (InterruptedException e) {
      // Answered in time.
    }
  }

  /**
   * Asks for something that is answered with output (a log), and copies it until the daemon ends
   * it.
   *
   * @return the exit code
   */
  public int stream(JsonObject request, OutputStream out, OutputStream err) throws IOException {
    send(new Frame(FrameType.REQUEST, request.encode().getBytes(UTF_8)));
    return copy(out, err);
  }

  /**
   * Opens a sidecar and copies its output until it ends, as a launcher does.
   *
   * @return the exit code
   */
  public int open(OpenRequest request, OutputStream out, OutputStream err) throws IOException {
    send(new Frame(FrameType.OPEN, request.encode()));
    return copy(out, err);
  }

  /** Passes a signal on to the sidecar that {@link #open} opened. */
  public void signal(ControlSignal signal) throws IOException {
    send(new Frame(FrameType.SIGNAL, signal.encode()));
  }

  private void send(Frame frame) throws IOException {
    synchronized (writer) {
      writer.write(frame);
    }
  }

  private int copy(OutputStream out, OutputStream err) throws IOException {
    while (true) {
      Frame frame = next();
      switch (frame.type()) {
        case STDOUT -> {
          out.write(frame.payload());
          out.flush();
        }
        case STDERR -> {
          err.write(frame.payload());
          err.flush();
        }
        case ANSWER -> {
          out.write(frame.payload());
          out.write('\n');
          out.flush();
        }
        case EXIT -> {
          return frame.size() == 1 ? frame.payload()[0] & 0xff : 1;
        }
        case OPEN, SIGNAL, REQUEST ->
            throw new ProtocolException("a frame that only launchers send");
      }
    }
  }

  private Frame next() throws IOException {
    @Nullable Frame frame = reader.read();
    if (frame == null) {
      throw new ControlSocketException("the daemon at " + path + " ended");
    }
    return frame;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is lost: whatever mattered has been read.
    }
  }
}
