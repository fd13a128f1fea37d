package io.jitney.components.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataDecodersTest {
  private static LenientMetadata lenient(String value) {
    return new LenientMetadata(new Metadata(Map.of("Field", value)));
  }

  private static StrictMetadata strict(String value) {
    return new StrictMetadata(new Metadata(Map.of("Field", value)));
  }

  @ParameterizedTest
  @CsvSource({
    "y,true",
    "YES,true",
    "True,true",
    "t,true",
    "on,true",
    "' 1 ',true",
    "0,false",
    "maybe,false",
    "'',false"
  })
  void lenientBooleans(String value, boolean expected) {
    assertThat(lenient(value).truthy("field")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "5,PT5S",
    "5s,PT5S",
    "1m30s,PT1M30S",
    "1.5h,PT1H30M",
    "100ms,PT0.1S",
    "'',PT0S",
    "-1,PT-1S",
    "0,PT0S"
  })
  void lenientDurations(String value, String expected) {
    assertThat(lenient(value).duration("FIELD", Duration.ofDays(1)))
        .isEqualTo(Duration.parse(expected));
  }

  @Test
  void lenientFailures() {
    assertThatThrownBy(() -> lenient("soon").duration("field", Duration.ZERO))
        .isInstanceOf(ComponentException.Failed.class)
        .hasMessageContaining("error decoding 'field': time: invalid duration \"soon\"");
    assertThatThrownBy(() -> lenient("x").integer("field", 0))
        .hasMessageContaining("cannot parse 'field' as int");
    Map<String, String> twice = new LinkedHashMap<>();
    twice.put("key", "1");
    twice.put("KEY", "2");
    assertThatThrownBy(() -> new LenientMetadata(new Metadata(twice)))
        .hasMessage("failed to resolve aliases: key key is duplicate in the metadata");
  }

  @Test
  void lenientAliasesComeAfterTheName() {
    assertThat(lenient("v").text("name", "other", "field")).isEqualTo("v");
    LenientMetadata both = new LenientMetadata(new Metadata(Map.of("name", "n", "alias", "a")));
    assertThat(both.text("name", "alias")).isEqualTo("n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes", "on", "y", "", " true", "tRUE"})
  void strictBooleansRefuseOtherWords(String value) {
    StrictMetadata metadata = strict(value);
    assertThat(metadata.bool("field")).isFalse();
    assertThatThrownBy(() -> metadata.check("decode failed. "))
        .hasMessage(
            "decode failed. 1 error(s) decoding:\n\n* error decoding 'field': invalid bool \""
                + value
                + "\"");
  }

  @ParameterizedTest
  @CsvSource({"1,true", "t,true", "TRUE,true", "True,true", "0,false", "F,false", "false,false"})
  void strictBooleans(String value, boolean expected) {
    StrictMetadata metadata = strict(value);
    assertThat(metadata.bool("field")).isEqualTo(expected);
    metadata.check("");
  }

  @ParameterizedTest
  @CsvSource({"5,PT0.005S", "5s,PT5S", "-1,PT-0.001S", "2m,PT2M"})
  void strictDurationsCountMilliseconds(String value, String expected) {
    StrictMetadata metadata = strict(value);
    assertThat(metadata.duration("field", Duration.ZERO)).isEqualTo(Duration.parse(expected));
    metadata.check("");
  }

  @Test
  void strictGathersAllProblems() {
    StrictMetadata metadata =
        new StrictMetadata(
            new Metadata(
                Map.of("redisDB", "x", "enableTLS", "on", "port", "70000", "dial", "soon")));
    assertThat(metadata.integer("redisDB", 0)).isZero();
    assertThat(metadata.bool("enableTLS")).isFalse();
    assertThat(metadata.uint16("port", 1)).isEqualTo(1);
    assertThat(metadata.duration("dial", Duration.ZERO)).isZero();
    assertThatThrownBy(() -> metadata.check(""))
        .hasMessage(
            """
            4 error(s) decoding:

            * error decoding 'dial': invalid Duration "soon": time: invalid duration "soon"
            * error decoding 'enableTLS': invalid bool "on"
            * error decoding 'port': invalid uint16 "70000"
            * error decoding 'redisDB': invalid int "x"\
            """);
  }

  @Test
  void goTexts() {
    assertThatThrownBy(() -> GoText.atoi("1.5"))
        .hasMessage("strconv.Atoi: parsing \"1.5\": invalid syntax");
    assertThatThrownBy(() -> GoText.parseInt("9223372036854775808"))
        .hasMessage("strconv.ParseInt: parsing \"9223372036854775808\": value out of range");
    assertThatThrownBy(() -> GoText.atoi("a\"\n\u0001"))
        .hasMessage("strconv.Atoi: parsing \"a\\\"\\n\\x01\": invalid syntax");
    assertThatThrownBy(() -> GoText.parseDuration("5"))
        .hasMessage("time: missing unit in duration \"5\"");
    assertThatThrownBy(() -> GoText.parseDuration("5x"))
        .hasMessage("time: unknown unit \"x\" in duration \"5x\"");
    assertThatThrownBy(() -> GoText.parseDuration("")).hasMessage("time: invalid duration \"\"");
  }

  @Test
  void valuesAreNeverPrinted() {
    assertThat(new Metadata(Map.of("redisPassword", "s3cret")))
        .hasToString("Metadata[redisPassword]");
  }
}
