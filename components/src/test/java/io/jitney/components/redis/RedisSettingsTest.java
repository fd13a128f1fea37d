package io.jitney.components.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jitney.components.spi.ComponentException;
import io.jitney.components.spi.Metadata;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisSettingsTest {
  private static RedisSettings parse(String... properties) {
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < properties.length; i += 2) {
      metadata.put(properties[i], properties[i + 1]);
    }
    return RedisSettings.forState(new Metadata(metadata));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost:6380, '', localhost:6380",
    "localhost, '', localhost:6379",
    "localhost, 7000, localhost:7000",
    "localhost:7000, 7000, localhost:7000",
    "'a:1, b ,c:3', '', 'a:1,b:6379,c:3'",
    "'::1', '', [::1]:6379",
    "'[::1]:7000', '', [::1]:7000",
    "'', '', localhost:6379"
  })
  void hosts(String host, String port, String expected) {
    RedisSettings settings =
        port.isEmpty() ? parse("redisHost", host) : parse("redisHost", host, "redisPort", port);
    assertThat(settings.host()).isEqualTo(expected);
  }

  @Test
  void defaults() {
    RedisSettings settings = parse("REDISHOST", "h");
    assertThat(settings.timeouts())
        .isEqualTo(
            new RedisSettings.Timeouts(
                Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofMinutes(5)));
    assertThat(settings.retry())
        .isEqualTo(new RedisSettings.Retry(3, Duration.ofSeconds(2), Duration.ofMillis(512)));
    assertThat(settings.topology()).isEqualTo(new RedisSettings.Topology.Node());
    assertThat(settings.tls()).isNull();
  }

  @Test
  void namesOfOld() {
    assertThat(parse("maxRetries", "7", "maxRetryBackoff", "5000000").retry())
        .isEqualTo(new RedisSettings.Retry(7, Duration.ofMillis(5), Duration.ofMillis(512)));
    assertThat(parse("redisMaxRetries", "-1").retry().attempts()).isZero();
    assertThatThrownBy(() -> parse("maxRetryBackoff", "5s"))
        .hasMessage(
            "redis store error: can't parse maxRetryBackoff field: strconv.ParseInt: parsing \"5s\": invalid syntax");
  }

  @Test
  void problemsAreReportedTogether() {
    assertThatThrownBy(() -> parse("redisDB", "x", "enableTLS", "yes", "failover", ""))
        .isInstanceOf(ComponentException.Failed.class)
        .hasMessage(
            """
            redis client configuration error: decode failed. 3 error(s) decoding:

            * error decoding 'enableTLS': invalid bool "yes"
            * error decoding 'failover': invalid bool ""
            * error decoding 'redisDB': invalid int "x"\
            """);
    assertThatThrownBy(() -> parse("redisHost", "h:1", "redisPort", "2"))
        .hasMessage(
            "redis client configuration error: redis host \"h:1\" already contains port 1, but redisPort is set to 2;"
                + " either remove the port from redisHost or remove the redisPort setting");
    assertThatThrownBy(() -> parse("useEntraID", "true")).hasMessageContaining("Entra ID");
  }

  @Test
  void everyFieldOfTheConnectionTellsKeysApart() {
    Map<String, String> all = new HashMap<>();
    all.put("redisHost", "h:1");
    all.put("redisUsername", "u");
    all.put("redisPassword", "p");
    all.put("redisDB", "1");
    all.put("redisType", "cluster");
    all.put("sentinelUsername", "su");
    all.put("sentinelPassword", "sp");
    all.put("dialTimeout", "1s");
    all.put("readTimeout", "1s");
    all.put("idleTimeout", "1s");
    all.put("poolSize", "5");
    all.put("enableTLS", "true");
    RedisSettings settings = RedisSettings.forState(new Metadata(all));
    assertThat(RedisSettings.forState(new Metadata(all)).poolKey()).isEqualTo(settings.poolKey());
    for (String field : all.keySet()) {
      Map<String, String> other = new HashMap<>(all);
      other.remove(field);
      assertThat(RedisSettings.forState(new Metadata(other)).poolKey())
          .as(field)
          .isNotEqualTo(settings.poolKey());
    }
    assertThat(parse("redisHost", "h", "ttlInSeconds", "5", "keyPrefix", "none").poolKey())
        .as("what is no matter of the connection is no part of the key")
        .isEqualTo(parse("redisHost", "h").poolKey());
  }

  @Test
  void secretsAreNotPrinted() {
    RedisSettings settings =
        parse("redisHost", "h", "redisPassword", "s3cret", "sentinelPassword", "s3cret");
    assertThat(settings.toString() + settings.credentials() + settings.poolKey())
        .doesNotContain("s3cret");
  }
}
