package io.jitney.components.redis;

import io.lettuce.core.event.DefaultEventPublisherOptions;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Makes Lettuce live on one event loop of the daemon: connections, callbacks and timers, no thread
 * of its own.
 */
final class LoopResources {
  private LoopResources() {}

  /**
   * @param paced large commands are written piece by piece
   */
  static ClientResources of(EventLoop loop, AddressResolverGroup<?> resolver, boolean paced) {
    ClientResources.Builder builder = ClientResources.builder();
    if (paced) {
      builder.nettyCustomizer(
          new NettyCustomizer() {
            @Override
            public void afterChannelInitialized(Channel channel) {
              PacedEncoder.addTo(channel);
            }
          });
    }
    return builder
        .eventLoopGroupProvider(new OneLoop(loop))
        .eventExecutorGroup(loop)
        .timer(new LoopTimer(loop))
        .addressResolverGroup(resolver)
        .commandLatencyRecorder(CommandLatencyRecorder.disabled())
        .commandLatencyPublisherOptions(DefaultEventPublisherOptions.disabled())
        .build();
  }

  /** Always the same loop, lent: giving it back or shutting down leaves it running. */
  private record OneLoop(EventLoop loop) implements EventLoopGroupProvider {
    @Override
    @SuppressWarnings(
        "unchecked") // Lettuce asks by the class of groups it would make itself and uses the
    // interface
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
      return (T) loop;
    }

    @Override
    public int threadPoolSize() {
      return 1;
    }

    @Override
    public Future<Boolean> release(
        EventExecutorGroup group, long quietPeriod, long timeout, TimeUnit unit) {
      return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quietPeriod, long timeout, TimeUnit unit) {
      return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }
  }

  /** Netty's wheel timer would be a thread per loop. */
  private record LoopTimer(EventLoop loop) implements Timer {
    @Override
    public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
      LoopTimeout timeout = new LoopTimeout(this, task);
      timeout.scheduled = loop.schedule(timeout, delay, unit);
      return timeout;
    }

    @Override
    public Set<Timeout> stop() {
      return Set.of();
    }
  }

  private static final class LoopTimeout implements Timeout, Runnable {
    private final Timer timer;
    private final TimerTask task;
    private volatile Future<?> scheduled = GlobalEventExecutor.INSTANCE.newSucceededFuture(null);

    LoopTimeout(Timer timer, TimerTask task) {
      this.timer = timer;
      this.task = task;
    }

    @Override
    public void run() {
      try {
        task.run(this);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public Timer timer() {
      return timer;
    }

    @Override
    public TimerTask task() {
      return task;
    }

    @Override
    public boolean isExpired() {
      return scheduled instanceof ScheduledFuture<?>
          && scheduled.isDone()
          && !scheduled.isCancelled();
    }

    @Override
    public boolean isCancelled() {
      return scheduled.isCancelled();
    }

    @Override
    public boolean cancel() {
      return scheduled.cancel(false);
    }
  }

  static long nanos(Duration duration) {
    return duration.isNegative() ? Long.MAX_VALUE / 4 : duration.toNanos();
  }
}
