package io.jitney.daemon.flags;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlagParserTest {
  private static ParsedFlags flags(String... arguments) {
    FlagParser.Result result = FlagParser.parse(List.of(arguments));
    assertThat(result).isInstanceOf(FlagParser.Result.Flags.class);
    return ((FlagParser.Result.Flags) result).flags();
  }

  /** The line behind the usage. */
  private static String wrong(String... arguments) {
    FlagParser.Result result = FlagParser.parse(List.of(arguments));
    assertThat(result).isInstanceOf(FlagParser.Result.Wrong.class);
    String text = ((FlagParser.Result.Wrong) result).text();
    assertThat(text).startsWith("Usage of daprd:\n").endsWith("\n");
    return text.strip().substring(text.strip().lastIndexOf('\n') + 1);
  }

  /** daprd 1.18.3's own {@code --help}, hidden flags added. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          actors-disseminate-timeout       | DURATION | 30s
          actors-service                   | TEXT     | ''
          allowed-origins                  | TEXT     | ''
          app-binding-options-timeout      | DURATION | 3s
          app-channel-address              | TEXT     | 127.0.0.1
          app-health-check-path            | TEXT     | /healthz
          app-health-probe-interval        | NUMBER   | 5
          app-health-probe-timeout         | NUMBER   | 500
          app-health-threshold             | NUMBER   | 3
          app-id                           | TEXT     | ''
          app-max-concurrency              | NUMBER   | -1
          app-port                         | TEXT     | ''
          app-protocol                     | TEXT     | http
          app-ssl                          | TRUTH    | false
          build-info                       | TRUTH    | false
          components-path                  | TEXT     | ''
          config                           | LIST     | ''
          control-plane-address            | TEXT     | ''
          control-plane-namespace          | TEXT     | default
          control-plane-trust-domain       | TEXT     | localhost
          dapr-block-shutdown-duration     | DURATION | 0s
          dapr-graceful-shutdown-seconds   | NUMBER   | 5
          dapr-grpc-port                   | TEXT     | 50001
          dapr-http-max-request-size       | NUMBER   | 4
          dapr-http-port                   | TEXT     | 3500
          dapr-http-read-buffer-size       | NUMBER   | 4
          dapr-internal-grpc-listen-address| TEXT     | ''
          dapr-internal-grpc-port          | TEXT     | ''
          dapr-listen-addresses            | TEXT     | ''
          dapr-public-listen-address       | TEXT     | ''
          dapr-public-port                 | TEXT     | ''
          disable-builtin-k8s-secret-store | TRUTH    | false
          disable-init-endpoints           | LIST     | ''
          enable-api-logging               | TRUTH    | false
          enable-app-health-check          | TRUTH    | false
          enable-metrics                   | TRUTH    | true
          enable-mtls                      | TRUTH    | false
          enable-profiling                 | TRUTH    | false
          hot-reload-reconcile-interval    | DURATION | 0s
          log-as-json                      | TRUTH    | false
          log-file                         | TEXT     | ''
          log-level                        | TEXT     | info
          max-body-size                    | TEXT     | 4Mi
          metrics-listen-address           | TEXT     | 0.0.0.0
          metrics-port                     | TEXT     | 9090
          mode                             | TEXT     | standalone
          placement-host-address           | TEXT     | ''
          profile-port                     | TEXT     | 7777
          read-buffer-size                 | TEXT     | 4Ki
          reminders-service                | TEXT     | ''
          resources-path                   | LIST     | ''
          scheduler-host-address           | LIST     | ''
          scheduler-job-streams            | COUNT    | 3
          sentry-address                   | TEXT     | ''
          sentry-request-jwt-audiences     | LIST     | ''
          unix-domain-socket               | TEXT     | ''
          version                          | TRUTH    | false
          wait                             | TRUTH    | false
          """)
  void everyFlagHasItsKindAndDefault(String name, Flag.Kind kind, String byDefault) {
    Flag flag = FlagTable.find(name);
    assertThat(flag).isNotNull();
    assertThat(flag.kind()).isEqualTo(kind);
    assertThat(flag.byDefault()).isEqualTo(byDefault);
    assertThat(flags().given(name)).isFalse();
    assertThat(flags().changed(name)).isFalse();
  }

  @Test
  void thereAreNoOtherFlags() {
    assertThat(FlagTable.FLAGS)
        .hasSize(58)
        .isSortedAccordingTo((a, b) -> a.name().compareTo(b.name()));
  }

  @Test
  void valueFollowsBehindAnEqualsSignOrAsTheNextArgument() {
    assertThat(flags("--app-id=a").text("app-id")).isEqualTo("a");
    assertThat(flags("--app-id", "a").text("app-id")).isEqualTo("a");
    assertThat(flags("--app-id=").text("app-id")).isEmpty();
    assertThat(flags("--app-id", "--mode").text("app-id")).isEqualTo("--mode");
    assertThat(flags("--app-id=a=b").text("app-id")).isEqualTo("a=b");
  }

  @Test
  void singleDashCountsAsTwo() {
    assertThat(flags("-app-id", "a", "-enable-mtls=true").text("app-id")).isEqualTo("a");
  }

  @Test
  void lastValueCounts() {
    assertThat(flags("--app-id=a", "--app-id=b").text("app-id")).isEqualTo("b");
  }

  @Test
  void truthNeedsNoValueAndTakesNoneFromTheNextArgument() {
    ParsedFlags flags = flags("--enable-mtls", "false", "--log-as-json=T", "--enable-metrics=0");
    assertThat(flags.truth("enable-mtls")).isTrue();
    assertThat(flags.truth("log-as-json")).isTrue();
    assertThat(flags.truth("enable-metrics")).isFalse();
  }

  @Test
  void numbersAreGos() {
    assertThat(flags("--app-max-concurrency=0x10").number("app-max-concurrency")).isEqualTo(16);
    assertThat(flags("--app-max-concurrency=010").number("app-max-concurrency")).isEqualTo(8);
    assertThat(flags("--app-max-concurrency=1_000").number("app-max-concurrency")).isEqualTo(1000);
    assertThat(flags("--app-max-concurrency", "-3").number("app-max-concurrency")).isEqualTo(-3);
  }

  @Test
  void listsAreCsvAndRepeatable() {
    ParsedFlags flags =
        flags("--config=a,b", "--config", "\"c,d\"", "--resources-path=", "--config=e");
    assertThat(flags.list("config")).containsExactly("a", "b", "c,d", "e");
    assertThat(flags.list("resources-path")).isEmpty();
    assertThat(flags.given("resources-path")).isTrue();
  }

  @Test
  void argumentsThatAreNoFlagsAreIgnoredAndTwoDashesEndTheFlags() {
    ParsedFlags flags = flags("something", "-", "--app-id=a", "more", "--", "--app-id=b", "--nope");
    assertThat(flags.text("app-id")).isEqualTo("a");
  }

  @Test
  void durations() {
    assertThat(
            flags("--dapr-block-shutdown-duration=1m30s").duration("dapr-block-shutdown-duration"))
        .isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void whatCannotBeReadIsToldAsPflagDoes() {
    assertThat(wrong("--no-such-flag=1")).isEqualTo("unknown flag: --no-such-flag");
    assertThat(wrong("-no-such-flag")).isEqualTo("unknown flag: --no-such-flag");
    assertThat(wrong("-x")).isEqualTo("unknown shorthand flag: 'x' in -x");
    assertThat(wrong("--=x")).isEqualTo("bad flag syntax: --=x");
    assertThat(wrong("---x")).isEqualTo("bad flag syntax: ---x");
    assertThat(wrong("--app-id")).isEqualTo("flag needs an argument: --app-id");
    assertThat(wrong("--app-max-concurrency=x"))
        .isEqualTo(
            "invalid argument \"x\" for \"--app-max-concurrency\" flag: strconv.ParseInt: parsing"
                + " \"x\": invalid syntax");
    assertThat(wrong("--scheduler-job-streams=-1"))
        .isEqualTo(
            "invalid argument \"-1\" for \"--scheduler-job-streams\" flag: strconv.ParseUint:"
                + " parsing \"-1\": invalid syntax");
    assertThat(wrong("--enable-mtls=maybe"))
        .isEqualTo(
            "invalid argument \"maybe\" for \"--enable-mtls\" flag: strconv.ParseBool: parsing"
                + " \"maybe\": invalid syntax");
    assertThat(wrong("--dapr-block-shutdown-duration=10"))
        .isEqualTo(
            "invalid argument \"10\" for \"--dapr-block-shutdown-duration\" flag: time: missing"
                + " unit in duration \"10\"");
    assertThat(wrong("--config=a\"b"))
        .isEqualTo(
            "invalid argument \"a\\\"b\" for \"--config\" flag: parse error on line 1, column 2:"
                + " bare \" in non-quoted-field");
  }

  @Test
  void numberThatIsTooLarge() {
    assertThat(wrong("--app-max-concurrency=99999999999999999999")).endsWith("value out of range");
  }

  @Test
  void helpListsWhatIsNotHidden() {
    FlagParser.Result help = FlagParser.parse(List.of("--app-id=a", "--help", "--nope"));
    assertThat(help).isInstanceOf(FlagParser.Result.Help.class);
    assertThat(((FlagParser.Result.Help) help).text())
        .startsWith("Usage of daprd:\n      --actors-disseminate-timeout duration")
        .contains("      --enable-metrics ", " (default true)\n", " (default \"info\")\n")
        .contains("(default -1)\n", "(default 30s)\n", "(DEPRECATED: use --resources-path)\n")
        .doesNotContain("actors-service", "(default \"\")", "(default 0s)", "(default false)");
    assertThat(FlagParser.parse(List.of("-h"))).isInstanceOf(FlagParser.Result.Help.class);
    assertThat(FlagParser.parse(List.of("-help"))).isInstanceOf(FlagParser.Result.Help.class);
  }

  @Test
  void deprecatedFlagsAreNoted() {
    FlagParser.Result.Flags result =
        (FlagParser.Result.Flags) FlagParser.parse(List.of("--components-path=x", "--app-ssl"));
    assertThat(result.notes())
        .isEqualTo(
            "Flag --components-path has been deprecated, use --resources-path\n"
                + "Flag --app-ssl has been deprecated, use '--app-protocol https|grpcs'\n");
  }
}
