package io.jitney.daemon.invoke;

import io.jitney.daemon.testing.DaemonExtension;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.provider.Arguments;

/**
 * The same through {@code bin/jitney daemon} and {@code bin/daprd}, with the two commonest pairs;
 * skipped where they are not built.
 */
class InvokeApiLaunchedIT extends InvokeApiTests {
  @RegisterExtension static final DaemonExtension DAEMON = DaemonExtension.launchers();

  static Stream<Arguments> variants() {
    return Stream.of(Arguments.of(Front.HTTP, "http"), Arguments.of(Front.GRPC, "grpc"));
  }

  @Override
  DaemonExtension daemon() {
    return DAEMON;
  }
}
