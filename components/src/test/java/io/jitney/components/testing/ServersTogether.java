package io.jitney.components.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Servers that start at the same time, for a class that needs many of them. Register it in place of
 * them as a static field with {@code @RegisterExtension}.
 */
public final class ServersTogether implements BeforeAllCallback, AfterAllCallback {
  private final List<Extension> servers;

  public ServersTogether(Extension... servers) {
    this.servers = List.of(servers);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    List<Future<?>> starting = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Extension server : servers) {
        if (server instanceof BeforeAllCallback starts) {
          starting.add(
              threads.submit(
                  () -> {
                    starts.beforeAll(context);
                    return null;
                  }));
        }
      }
    }
    for (Future<?> one : starting) {
      try {
        one.get();
      } catch (ExecutionException failed) {
        switch (failed.getCause()) {
          case Exception known -> throw known; // also what skips the class
          case Error known -> throw known;
          case null, default -> throw failed;
        }
      }
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    for (Extension server : servers) {
      if (server instanceof AfterAllCallback ends) {
        ends.afterAll(context);
      }
    }
  }
}
