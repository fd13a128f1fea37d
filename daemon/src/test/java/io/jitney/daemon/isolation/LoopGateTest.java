package io.jitney.daemon.isolation;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.tenancy.fair.Turn;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopGateTest {
  private final DefaultEventLoop loop = new DefaultEventLoop();
  private final LoopGate gate = new LoopGate(loop, (account, nanos) -> {});
  private final Account red = Account.named("red");
  private final Account blue = Account.named("blue");

  @AfterEach
  void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** Works for longer than a slice, and has more to do each time. */
  private final class Endless extends Turn {
    private final List<Integer> pending;
    private final CountDownLatch left;

    Endless(List<Integer> pending, CountDownLatch left) {
      this.pending = pending;
      this.left = left;
    }

    @Override
    protected void start() {
      pending.add(loop.pendingTasks());
      left.countDown();
      if (left.getCount() > 0) {
        gate.await(red, new Endless(pending, left), System.nanoTime() + 1_000_000_000L);
      }
      Account outer = gate.begin(red);
      long end = System.nanoTime() + LoopGate.SLICE_NANOS;
      while (System.nanoTime() - end < 0) {
        Thread.onSpinWait();
      }
      gate.end(outer);
    }

    @Override
    protected void refused(Refusal why) {
      throw new AssertionError(why);
    }
  }

  @Test
  void whoWaitsAgainWithinATurnBringsAboutNoSecondRound() throws Exception {
    List<Integer> pending = new ArrayList<>();
    CountDownLatch left = new CountDownLatch(40);
    long deadline = System.nanoTime() + 1_000_000_000L;

    loop.execute(() -> gate.await(red, new Endless(pending, left), deadline));

    assertThat(left.await(10, TimeUnit.SECONDS)).isTrue();
    // Rounds that multiply are tasks that wait: connections would be looked after behind them all.
    assertThat(pending).allMatch(tasks -> tasks <= 1);
  }

  @Test
  void nothingIsReadForAConnectionThatWaits() {
    EmbeddedChannel channel = new EmbeddedChannel();
    LoopGate own = new LoopGate(channel.eventLoop(), (account, nanos) -> {});
    ConnectionMeter.install(channel, own, blue, true);
    int[] reads = {0};
    channel
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void read(ChannelHandlerContext context) {
                reads[0]++;
                context.read();
              }
            });
    Turn first =
        new Turn() {
          @Override
          protected void start() {}

          @Override
          protected void refused(Refusal why) {}
        };
    own.await(red, first, System.nanoTime() + 60_000_000_000L); // from now on all wait

    channel.pipeline().fireChannelRead(Unpooled.buffer(256 * 1024).writeByte('x'));
    int before = reads[0];
    channel.pipeline().read(); // as Netty's HTTP/2 codec does after each read
    assertThat(reads[0]).isEqualTo(before);
    assertThat(channel.config().isAutoRead()).isFalse();

    channel.runPendingTasks();
    channel.runScheduledPendingTasks();
    channel.runPendingTasks();

    assertThat(channel.config().isAutoRead()).isTrue();
    assertThat(reads[0]).isGreaterThan(before);
    channel.finishAndReleaseAll();
  }
}
