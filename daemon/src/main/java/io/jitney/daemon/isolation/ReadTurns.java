package io.jitney.daemon.isolation;

import io.jitney.tenancy.fair.Turn;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When what a connection sends is looked at: at once while the loop has time, else when its
 * tenant's turn comes. Reading is where an aggressor's work begins, with frames and heads that
 * never become a call, and with answers of apps that are only passed on; so it is here that tenants
 * take turns.
 *
 * <p>A read that takes long for its size is divided, and goes on in the next turn. While a
 * connection waits, little more is read from it, just enough to see that its client has left; the
 * rest waits in the client's socket.
 *
 * <p>On the connection's loop.
 */
final class ReadTurns {
  /** What a read is divided into, in time. */
  private static final long PIECE_NANOS = 300_000;

  private static final int SMALLEST_PIECE = 256;

  /** Of a new connection, until it is known: a call of 300 bytes in 10 µs. */
  private static final double FIRST_NANOS_PER_BYTE = 30;

  private static final long WAIT_NANOS = 60_000_000_000L;

  /** After which a connection asks again for a turn, when too many wait. */
  private static final long FULL_NANOS = 20_000_000;

  /**
   * What is held for a connection, before it is not read from any more. In bytes of memory: a few
   * that were read may lie in a buffer made for many.
   */
  private static final int MOST_HELD = 128 * 1024;

  /** What is read goes there. */
  interface Reader {
    void read(Object message);

    /** There is nothing more for now. */
    void complete();
  }

  private final class ReadTurn extends Turn {
    @Override
    protected boolean goesOn() {
      return !client; // an app's answer
    }

    @Override
    protected void start() {
      goOn();
    }

    @Override
    protected void refused(Refusal why) {
      switch (why) {
        case QUEUE_FULL -> later(FULL_NANOS);
        case DEADLINE, CLOSED -> {
          var _ = channel.close();
        }
      }
    }
  }

  private final Channel channel;
  private final LoopGate gate;
  private final ConnectionMeter meter;
  private final boolean client;
  private final Reader reader;
  private final Deque<Object> held = new ArrayDeque<>(0);
  private double nanosPerByte = FIRST_NANOS_PER_BYTE;

  /** Whether it waits for a turn or for the end of a rest. */
  private boolean waiting;

  private boolean readBefore;
  private int heldBytes;
  private @Nullable ReadTurn turn;

  /**
   * @param client whether it is a client's connection; else one to an app
   */
  ReadTurns(Channel channel, LoopGate gate, ConnectionMeter meter, boolean client, Reader reader) {
    this.client = client;
    this.channel = channel;
    this.gate = gate;
    this.meter = meter;
    this.reader = reader;
  }

  /** Something has come. */
  void read(Object message) {
    if (waiting) {
      hold(message); // it was resumed by somebody else meanwhile
    } else if (gate.isFree()) {
      deliver(message);
    } else {
      hold(message);
      awaitTurn();
    }
  }

  /** Lets the connection rest for so long, from the next thing that comes. */
  void rest(long nanos) {
    if (!waiting && channel.isActive()) {
      stop();
      later(nanos);
    }
  }

  /** The other side has gone: what an app said before it left counts, a client's call does not. */
  void gone() {
    Object next;
    while ((next = nextHeld()) != null) {
      if (client) {
        ReferenceCountUtil.release(next);
      } else {
        reader.read(next);
      }
    }
    close();
  }

  /** The connection is closed. */
  void close() {
    ReadTurn its = turn;
    if (its != null) {
      turn = null;
      gate.cancel(its);
    }
    Object next;
    while ((next = nextHeld()) != null) {
      ReferenceCountUtil.release(next);
    }
  }

  private void hold(Object message) {
    waiting = true;
    held.add(message);
    holds(message, 1);
    if (heldBytes >= MOST_HELD || gate.holdsMuch()) {
      stop();
    }
  }

  private @Nullable Object nextHeld() {
    Object next = held.poll();
    holds(next, -1);
    return next;
  }

  private void holds(@Nullable Object message, int sign) {
    if (message instanceof ByteBuf bytes) {
      int change = sign * bytes.capacity();
      heldBytes += change;
      gate.holds(change);
    }
  }

  private void holdAgain(Object message) {
    held.addFirst(message);
    holds(message, 1);
    stop();
  }

  private void stop() {
    waiting = true;
    if (channel.config().isAutoRead()) {
      readBefore = true;
      channel.config().setAutoRead(false);
    }
  }

  /** Whether nothing is to be read from the connection, whoever asks for it. */
  boolean stopped() {
    return readBefore;
  }

  private void awaitTurn() {
    ReadTurn wanted = new ReadTurn();
    turn = wanted;
    gate.await(meter.account(), wanted, System.nanoTime() + WAIT_NANOS);
  }

  private void later(long nanos) {
    var _ =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  if (held.isEmpty() || gate.isFree()) {
                    goOn();
                  } else {
                    awaitTurn();
                  }
                },
                nanos,
                TimeUnit.NANOSECONDS);
  }

  /** It is the connection's turn. */
  private void goOn() {
    turn = null;
    waiting = false;
    // First of all: whoever gets what is held may want the connection not to be read, and that has
    // to stay.
    readOn();
    if (held.isEmpty()) {
      return;
    }
    Account outer = gate.beginTurn(meter.account());
    try {
      Object next;
      while (!waiting && (next = nextHeld()) != null) {
        if (gate.hasTime()) {
          deliver(next);
        } else {
          holdAgain(next);
          awaitTurn();
        }
      }
      reader.complete();
    } finally {
      gate.endTurn(outer);
    }
  }

  private void readOn() {
    if (readBefore && channel.isOpen()) {
      readBefore = false;
      channel.config().setAutoRead(true);
      var _ = channel.read(); // in case that somebody else wanted to meanwhile, in vain
    }
  }

  private void deliver(Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      reader.read(message);
      return;
    }
    int piece;
    while (bytes.readableBytes() > (piece = piece())) {
      if (!channel.isActive()) {
        bytes.release();
        return;
      }
      timed(bytes.readRetainedSlice(piece));
      if (waiting) { // a rest has begun
        holdAgain(bytes);
        return;
      }
      if (!gate.hasTime()) {
        holdAgain(bytes);
        awaitTurn();
        return;
      }
    }
    timed(bytes);
  }

  private int piece() {
    return (int) Math.clamp(PIECE_NANOS / nanosPerByte, SMALLEST_PIECE, Integer.MAX_VALUE);
  }

  private void timed(ByteBuf bytes) {
    int length = bytes.readableBytes();
    if (length < SMALLEST_PIECE) {
      reader.read(bytes);
      return;
    }
    long begun = System.nanoTime();
    reader.read(bytes);
    double its = (double) (System.nanoTime() - begun) / length;
    nanosPerByte += (its - nanosPerByte) * (its > nanosPerByte ? 0.5 : 0.1);
  }
}
