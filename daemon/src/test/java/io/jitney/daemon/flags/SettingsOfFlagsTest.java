package io.jitney.daemon.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jitney.daemon.instance.InstanceSettings;
import io.jitney.daemon.instance.InstanceSettings.AppHealthSettings;
import io.jitney.daemon.instance.InstanceSettings.AppProtocol;
import io.jitney.daemon.instance.StartupFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsOfFlagsTest {
  private static final Path FOLDER = Path.of("/work/of/launcher");

  private static SettingsOfFlags reader(Map<String, String> environment, String... arguments) {
    FlagParser.Result.Flags result = (FlagParser.Result.Flags) FlagParser.parse(List.of(arguments));
    return new SettingsOfFlags(result.flags(), environment, FOLDER);
  }

  private static InstanceSettings settings(String... arguments) throws StartupFailure {
    List<String> all = new ArrayList<>(List.of("--app-id=a"));
    all.addAll(List.of(arguments));
    SettingsOfFlags reader = reader(Map.of(), all.toArray(new String[0]));
    reader.checkParsed();
    reader.checkLog();
    return reader.settings();
  }

  private static StartupFailure refused(String... arguments) {
    StartupFailure failure = catchThrowableOfType(StartupFailure.class, () -> settings(arguments));
    assertThat(failure).isNotNull();
    assertThat(failure.exitCode()).isEqualTo(1);
    return failure;
  }

  @Test
  void defaults() throws Exception {
    InstanceSettings settings = settings();
    assertThat(settings.appId()).isEqualTo("a");
    assertThat(settings.namespace()).isEmpty();
    assertThat(settings.identityNamespace()).isEqualTo("default");
    assertThat(settings.app()).isNull();
    assertThat(settings.connection().host()).isEqualTo("127.0.0.1");
    assertThat(settings.connection().protocol()).isEqualTo(AppProtocol.HTTP);
    assertThat(settings.listen())
        .isEqualTo(
            new InstanceSettings.Listen(List.of(), 3500, 50001, 0, "", -1, "", 9090, "0.0.0.0"));
    assertThat(settings.maxBodySize()).isEqualTo(4 << 20);
    assertThat(settings.readBufferSize()).isEqualTo(4 << 10);
    assertThat(settings.gracefulShutdownSeconds()).isEqualTo(5);
    assertThat(settings.blockShutdown()).isEqualTo(-1);
    assertThat(settings.enableApiLogging()).isNull();
    assertThat(settings.metricsEnabled()).isTrue();
    assertThat(settings.http2Cleartext()).isTrue();
    assertThat(settings.unixSocketFolder()).isNull();
    assertThat(settings.resources())
        .isEqualTo(new InstanceSettings.ResourceSettings(List.of(), List.of(), 60_000, null));
    assertThat(settings.disabledInitEndpoints()).isEmpty();
    assertThat(settings.log()).isEqualTo(new InstanceSettings.LogSettings("info", false, null));
  }

  @Test
  void everythingElse() throws Exception {
    InstanceSettings settings =
        settings(
            "--app-port=3000",
            "--app-protocol=GRPC",
            "--app-channel-address=app.host",
            "--app-max-concurrency=7",
            "--enable-app-health-check",
            "--app-health-check-path=up",
            "--app-health-probe-interval=2",
            "--app-health-probe-timeout=1000",
            "--app-health-threshold=9",
            "--dapr-listen-addresses=[::1],127.0.0.1",
            "--dapr-http-port=1",
            "--dapr-grpc-port=2",
            "--dapr-internal-grpc-port=4",
            "--dapr-internal-grpc-listen-address=localhost",
            "--dapr-public-port=5",
            "--dapr-public-listen-address=127.0.0.1",
            "--metrics-port=6",
            "--metrics-listen-address=127.0.0.2",
            "--max-body-size=1k",
            "--read-buffer-size=2Ki",
            "--dapr-graceful-shutdown-seconds=0",
            "--dapr-block-shutdown-duration=250ms",
            "--enable-api-logging=false",
            "--allowed-origins=*",
            "--resources-path=r,/abs",
            "--config=c.yaml",
            "--hot-reload-reconcile-interval=1m30s",
            "--unix-domain-socket=sockets",
            "--disable-init-endpoints= Config ,subscribe,",
            "--log-level=WARN",
            "--log-as-json",
            "--log-file=x.log");
    assertThat(settings.app())
        .isEqualTo(
            new InstanceSettings.AppEndpoint(
                "app.host", 3000, AppProtocol.GRPC, 7, new AppHealthSettings("up", 2000, 1000, 9)));
    assertThat(settings.listen())
        .isEqualTo(
            new InstanceSettings.Listen(
                List.of("[::1]", "127.0.0.1"),
                1,
                2,
                4,
                "localhost",
                5,
                "127.0.0.1",
                6,
                "127.0.0.2"));
    assertThat(settings.maxBodySize()).isEqualTo(1000);
    assertThat(settings.readBufferSize()).isEqualTo(2048);
    assertThat(settings.gracefulShutdownSeconds()).isZero();
    assertThat(settings.blockShutdown()).isEqualTo(250);
    assertThat(settings.enableApiLogging()).isFalse();
    assertThat(settings.allowedOrigins()).isEqualTo("*");
    assertThat(settings.resources().folders())
        .containsExactly(FOLDER.resolve("r"), Path.of("/abs"));
    assertThat(settings.resources().configs()).containsExactly(FOLDER.resolve("c.yaml"));
    assertThat(settings.resources().reconcileMillis()).isEqualTo(90_000);
    assertThat(settings.unixSocketFolder()).isEqualTo(FOLDER.resolve("sockets"));
    assertThat(settings.disabledInitEndpoints()).containsExactlyInAnyOrder("config", "subscribe");
    assertThat(settings.log())
        .isEqualTo(new InstanceSettings.LogSettings("warn", true, FOLDER.resolve("x.log")));
  }

  @Test
  void oldFlagsCountWhereTheNewOnesAreNotGiven() throws Exception {
    assertThat(settings("--dapr-http-max-request-size=2").maxBodySize()).isEqualTo(2 << 20);
    assertThat(settings("--dapr-http-max-request-size=2", "--max-body-size=3").maxBodySize())
        .isEqualTo(3);
    assertThat(settings("--dapr-http-max-request-size=-1").maxBodySize()).isEqualTo(4 << 20);
    assertThat(settings("--dapr-http-read-buffer-size=8").readBufferSize()).isEqualTo(8 << 10);
    assertThat(settings("--components-path=old").resources().folders())
        .containsExactly(FOLDER.resolve("old"));
    assertThat(settings("--components-path=old", "--resources-path=new").resources().folders())
        .containsExactly(FOLDER.resolve("new"));
    assertThat(settings("--app-ssl", "--app-port=3").connection().protocol())
        .isEqualTo(AppProtocol.HTTPS);
    assertThat(settings("--app-ssl", "--app-protocol=grpc").connection().protocol())
        .isEqualTo(AppProtocol.GRPCS);
  }

  @Test
  void minusOneMeansTheDefault() throws Exception {
    InstanceSettings settings =
        settings(
            "--max-body-size=-1",
            "--read-buffer-size=-1",
            "--dapr-graceful-shutdown-seconds=-1",
            "--enable-app-health-check",
            "--app-health-probe-interval=-1",
            "--app-health-probe-timeout=0",
            "--app-health-threshold=0");
    assertThat(settings.maxBodySize()).isEqualTo(4 << 20);
    assertThat(settings.readBufferSize()).isEqualTo(4 << 10);
    assertThat(settings.gracefulShutdownSeconds()).isEqualTo(5);
    assertThat(settings.connection().health())
        .isEqualTo(new AppHealthSettings("/healthz", 5000, 500, 3));
  }

  @Test
  void environmentIsTheLaunchersAndHoldsWhatDaprdAdds() throws Exception {
    Map<String, String> environment =
        Map.of(
            "NAMESPACE", "ns",
            "DAPR_API_TOKEN", "t1",
            "APP_API_TOKEN", "t2",
            "DAPR_HTTP_DISABLE_H2C", "yes",
            "DAPR_HOST_IP", "10.0.0.9",
            "OTHER", "x");
    InstanceSettings settings =
        reader(environment, "--app-id=a", "--app-port=3000", "--dapr-http-port=77").settings();
    assertThat(settings.identityNamespace()).isEqualTo("ns");
    assertThat(settings.apiToken()).isEqualTo("t1");
    assertThat(settings.appApiToken()).isEqualTo("t2");
    assertThat(settings.http2Cleartext()).isFalse();
    assertThat(settings.environment())
        .containsAllEntriesOf(environment)
        .containsEntry("APP_ID", "a")
        .containsEntry("APP_PORT", "3000")
        .containsEntry("DAPR_HTTP_PORT", "77")
        .containsEntry("DAPR_GRPC_PORT", "50001")
        .containsEntry("DAPR_METRICS_PORT", "9090")
        .containsEntry("DAPR_PROFILE_PORT", "7777")
        .containsEntry("HOST_ADDRESS", "10.0.0.9");
    assertThat(settings.toString()).doesNotContain("t1", "t2", "OTHER");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --app-id=                     | Fatal error from runtime: parameter app-id cannot be empty
          --app-id=a.b                  | Fatal error from runtime: parameter app-id cannot contain dots
          --dapr-http-port=abc          | Fatal error from runtime: error parsing dapr-http-port flag: strconv.Atoi: parsing "abc": invalid syntax
          --dapr-grpc-port=             | Fatal error from runtime: error parsing dapr-grpc-port flag: strconv.Atoi: parsing "": invalid syntax
          --profile-port=x              | Fatal error from runtime: error parsing profile-port flag: strconv.Atoi: parsing "x": invalid syntax
          --dapr-internal-grpc-port=x   | Fatal error from runtime: error parsing dapr-internal-grpc-port: strconv.Atoi: parsing "x": invalid syntax
          --dapr-public-port=x          | Fatal error from runtime: error parsing dapr-public-port: strconv.Atoi: parsing "x": invalid syntax
          --app-port=x                  | Fatal error from runtime: error parsing app-port: strconv.Atoi: parsing "x": invalid syntax
          --metrics-port=x              | Fatal error from runtime: failed to parse metrics port: strconv.Atoi: parsing "x": invalid syntax
          --app-port=3500               | Fatal error from runtime: the 'dapr-http-port' argument value 3500 conflicts with 'app-port'
          --app-port=50001              | Fatal error from runtime: the 'dapr-grpc-port' argument value 50001 conflicts with 'app-port'
          --app-protocol=Smtp           | Fatal error from runtime: invalid value for 'app-protocol': Smtp
          --disable-init-endpoints=Else | Fatal error from runtime: invalid value for 'disable-init-endpoints': else
          --app-health-probe-timeout=5001 | Fatal error from runtime: value for 'health-probe-timeout' must be smaller than 'health-probe-interval'
          --dapr-http-port=-1           | Fatal error from runtime: failed to start HTTP server: could not listen on any endpoint
          --dapr-grpc-port=-1           | Fatal error from runtime: failed to start API gRPC server: could not listen on any endpoint
          --dapr-public-port=-1         | listen tcp: address -1: invalid port
          --mode=elsewhere              | Fatal error from runtime: invalid mode: elsewhere
          --mode=kubernetes             | Fatal error from runtime: trust anchors are required
          --enable-mtls                 | Fatal error from runtime: trust anchors are required
          --log-level=loud              | invalid value for --log-level: loud
          --max-body-size=big           | Failed to parse flags: invalid value for 'max-body-size' option: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
          --read-buffer-size=1x         | Failed to parse flags: invalid value for 'read-buffer-size' option: unable to parse quantity's suffix
          --max-body-size=1.5Ki         | Failed to parse flags: invalid value for 'max-body-size' option: cannot get bytes from resource quantity value '1.5Ki'
          --actors-disseminate-timeout=-1s | Failed to parse flags: invalid value for 'actors-disseminate-timeout' option: must be positive, got -1s
          """)
  void invalidValuesEndWithDaprdsLine(String argument, String line) {
    assertThat(refused(argument).line()).isEqualTo(line);
  }

  @Test
  void oddValuesThatDaprdTakes() throws Exception {
    assertThat(settings("--app-port=70000").connection().port()).isEqualTo(70000);
    assertThat(settings("--app-protocol=").connection().protocol()).isEqualTo(AppProtocol.HTTP);
    assertThat(settings("--enable-metrics=false", "--metrics-port=x").metricsEnabled()).isFalse();
    assertThat(settings("--dapr-http-port=0", "--dapr-grpc-port=0").listen().httpPort()).isZero();
    assertThat(settings("--max-body-size=0").maxBodySize()).isZero();
  }

  @Test
  void flagsWithoutEffectAreNamedOnceEach() {
    List<String> lines =
        reader(
                Map.of(),
                "--placement-host-address=localhost:50005",
                "--scheduler-host-address=a,b",
                "--scheduler-host-address=c",
                "--sentry-address=x",
                "--control-plane-namespace=default",
                "--enable-mtls=false",
                "--profile-port=7777",
                "--app-ssl")
            .warnings();
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).startsWith("The flag --placement-host-address has no effect");
    assertThat(lines.get(1)).startsWith("The flag --scheduler-host-address has no effect");
    assertThat(lines.get(2)).startsWith("The flag --sentry-address has no effect");
    assertThat(lines.get(3))
        .isEqualTo("The 'app-ssl' flag is deprecated; use 'app-protocol=https' instead");
  }
}
