package io.jitney.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.jitney.tenancy.admission.Quota;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DaemonFlagsTest {
  private static final Path HERE = Path.of("/srv");

  private static DaemonOptions options(Map<String, String> environment, String... arguments) {
    DaemonFlags.Result result = DaemonFlags.parse(List.of(arguments), environment, HERE);
    assertThat(result).isInstanceOf(DaemonFlags.Options.class);
    return ((DaemonFlags.Options) result).options();
  }

  private static List<String> problems(Map<String, String> environment, String... arguments) {
    DaemonFlags.Result result = DaemonFlags.parse(List.of(arguments), environment, HERE);
    assertThat(result).isInstanceOf(DaemonFlags.Rejected.class);
    return ((DaemonFlags.Rejected) result).problems();
  }

  @Test
  void defaultsAreLoopbackAndDaprsPorts() {
    assertThat(options(Map.of()))
        .isEqualTo(
            new DaemonOptions(
                List.of("127.0.0.1"),
                3500,
                List.of("127.0.0.1"),
                50001,
                "127.0.0.1",
                3509,
                null,
                null,
                null,
                new Quota(0, 0, 1024),
                0,
                4096,
                true,
                0));
  }

  @Test
  void everyFlagIsReadInBothForms() {
    DaemonOptions options =
        options(
            Map.of(),
            "--http-port=off",
            "--http-address",
            "10.0.0.1,::1",
            "--grpc-port",
            "0",
            "--grpc-address=0.0.0.0",
            "--admin-port=9999",
            "--admin-address=10.0.0.2",
            "--apps",
            "apps",
            "--policies=policies",
            "--resources-path=/etc/r",
            "--default-rate=2.5",
            "--default-burst=10",
            "--default-in-flight=0",
            "--event-loops=3",
            "--isolation=off",
            "--memory-budget=256Mi",
            "--read-buffer-size=64Ki");

    assertThat(options)
        .isEqualTo(
            new DaemonOptions(
                List.of("10.0.0.1", "::1"),
                -1,
                List.of("0.0.0.0"),
                0,
                "10.0.0.2",
                9999,
                Path.of("/srv/apps"),
                Path.of("/srv/policies"),
                Path.of("/etc/r"),
                new Quota(2.5, 10, 0),
                3,
                65536,
                false,
                256L << 20));
  }

  @Test
  void aFlagCountsBeforeItsVariable() {
    Map<String, String> environment =
        Map.of("JITNEY_HTTP_PORT", "1111", "JITNEY_GRPC_PORT", "2222", "JITNEY_APPS", "");

    DaemonOptions options = options(environment, "--http-port=3333");

    assertThat(options.httpPort()).isEqualTo(3333);
    assertThat(options.grpcPort()).isEqualTo(2222);
    assertThat(options.apps()).isNull();
  }

  @Test
  void allProblemsAreToldAtOnceByTheNameThatWasUsed() {
    assertThat(
            problems(
                Map.of("JITNEY_ADMIN_PORT", "many"),
                "--htp-port",
                "1",
                "--http-port=70000",
                "--default-burst=5",
                "--event-loops=-1",
                "--isolation=perhaps",
                "--grpc-port"))
        .containsExactlyInAnyOrder(
            "--htp-port is not a flag of jitney daemon",
            "--http-port must be a port from 0 to 65535, or off, not \"70000\"",
            "JITNEY_ADMIN_PORT must be a port from 0 to 65535, or off, not \"many\"",
            "--isolation must be on or off, not \"perhaps\"",
            "--event-loops must be a whole number from 0 to 1024, not \"-1\"",
            "--default-burst is 5 but --default-rate is not set: a burst alone limits nothing",
            "--grpc-port needs a value: --grpc-port PORT|off");
  }
}
