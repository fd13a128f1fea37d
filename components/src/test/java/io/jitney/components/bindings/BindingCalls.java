package io.jitney.components.bindings;

import io.jitney.components.spi.Component;
import io.jitney.components.spi.ComponentFactory;
import io.jitney.components.testing.TestNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Opens and calls bindings in tests, waiting for what comes of it. */
public final class BindingCalls {
  private static final long PATIENCE_MILLIS = 20_000;

  private BindingCalls() {}

  public static <C extends Component> C open(
      TestNode node, ComponentFactory<C> factory, String type, Map<String, String> metadata) {
    return await(factory.open(TestNode.spec(type, metadata), node.opening()));
  }

  public static BindingResponse call(
      OutputBinding binding, String operation, String data, Map<String, String> metadata) {
    return await(
        binding.invoke(
            TestNode.call(PATIENCE_MILLIS),
            new BindingRequest(operation, Buffer.buffer(data), metadata)));
  }

  /** Fails with the failure itself where it is unchecked. */
  public static <T> T await(Future<T> future) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (TimeoutException late) {
      throw new IllegalStateException(late);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }
}
