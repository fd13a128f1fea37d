package io.jitney.components.bindings.cron;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final ZoneId UTC = ZoneOffset.UTC;
  private static final ZoneId NEW_YORK = ZoneId.of("America/New_York");

  private static Schedule parse(String text, ZoneId zone) throws Schedule.Unreadable {
    return ScheduleParser.parse(text, zone);
  }

  /** Cases of the Go library's own tests. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2012-07-09T14:45:00Z | 0 0/15 * * * *          | 2012-07-09T15:00:00Z",
        "2012-07-09T14:59:59Z | 0 0/15 * * * *          | 2012-07-09T15:00:00Z",
        "2012-07-09T15:45:00Z | 0 20-35/15 * * * *      | 2012-07-09T16:20:00Z",
        "2012-07-09T23:46:00Z | 0 */15 * * * *          | 2012-07-10T00:00:00Z",
        "2012-07-09T23:45:00Z | 0 20-35/15 * * * *      | 2012-07-10T00:20:00Z",
        "2012-07-09T23:35:51Z | 15/35 20-35/15 * * * *  | 2012-07-10T00:20:15Z",
        "2012-07-09T23:35:51Z | 15/35 20-35/15 1/2 * * * | 2012-07-10T01:20:15Z",
        "2012-07-09T23:35:51Z | 15/35 20-35/15 10-12 * * * | 2012-07-10T10:20:15Z",
        "2012-07-09T23:35:51Z | 15/35 20-35/15 1/2 */2 * * | 2012-07-11T01:20:15Z",
        "2012-07-09T23:35:51Z | 15/35 20-35/15 * 9-20 * *  | 2012-07-10T00:20:15Z",
        "2012-07-09T23:35:51Z | 15/35 20-35/15 * 9-20 Jul * | 2012-07-10T00:20:15Z",
        "2012-07-09T23:35:00Z | 0 0 0 9 Apr-Oct ?       | 2012-08-09T00:00:00Z",
        "2012-07-09T23:35:00Z | 0 0 0 */5 Apr,Aug,Oct Mon | 2012-08-01T00:00:00Z",
        "2012-07-09T23:35:00Z | 0 0 0 */5 Oct Mon       | 2012-10-01T00:00:00Z",
        "2012-07-09T23:35:00Z | 0 0 0 * Feb Mon         | 2013-02-04T00:00:00Z",
        "2012-07-09T23:35:00Z | 0 0 0 * Feb Mon/2       | 2013-02-01T00:00:00Z",
        "2012-12-31T23:59:45Z | 0 0 0 * * *             | 2013-01-01T00:00:00Z",
        "2012-07-09T23:35:00Z | 0 0 0 29 Feb ?          | 2016-02-29T00:00:00Z",
        "2012-07-09T23:35:00Z | 0 0 0 30 Feb ?          | never",
        "2012-07-09T23:35:00Z | 0 0 0 31 Apr ?          | never",
        "2012-07-09T14:59:59.5Z | 0 0/15 * * * *        | 2012-07-09T15:00:00Z"
      })
  void nextDueTimes(String after, String schedule, String expected) throws Exception {
    Instant next = parse(schedule, UTC).next(Instant.parse(after));

    assertThat(next == null ? "never" : next.toString()).isEqualTo(expected);
  }

  /** Clock changes of New York, as the Go library's tests have them. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2012-03-11T00:00:00-05:00 | 0 30 2 11 Mar ? | 2013-03-11T02:30:00-04:00",
        "2012-03-11T00:00:00-05:00 | 0 0 * * * ?     | 2012-03-11T01:00:00-05:00",
        "2012-03-11T01:00:00-05:00 | 0 0 * * * ?     | 2012-03-11T03:00:00-04:00",
        "2012-03-11T03:00:00-04:00 | 0 0 * * * ?     | 2012-03-11T04:00:00-04:00",
        "2012-03-11T00:00:00-05:00 | 0 0 1 * * ?     | 2012-03-11T01:00:00-05:00",
        "2012-03-11T01:00:00-05:00 | 0 0 1 * * ?     | 2012-03-12T01:00:00-04:00",
        "2012-03-11T00:00:00-05:00 | 0 0 2 * * ?     | 2012-03-12T02:00:00-04:00",
        "2012-11-04T00:00:00-04:00 | 0 30 2 04 Nov ? | 2012-11-04T02:30:00-05:00",
        "2012-11-04T01:45:00-04:00 | 0 30 1 04 Nov ? | 2012-11-04T01:30:00-05:00",
        "2012-11-04T00:00:00-04:00 | 0 0 * * * ?     | 2012-11-04T01:00:00-04:00",
        "2012-11-04T01:00:00-04:00 | 0 0 * * * ?     | 2012-11-04T01:00:00-05:00",
        "2012-11-04T01:00:00-05:00 | 0 0 * * * ?     | 2012-11-04T02:00:00-05:00",
        "2012-11-04T00:00:00-04:00 | 0 0 2 * * ?     | 2012-11-04T02:00:00-05:00",
        "2012-11-04T02:00:00-05:00 | 0 0 2 * * ?     | 2012-11-05T02:00:00-05:00",
        "2012-11-04T00:00:00-04:00 | 0 0 3 * * ?     | 2012-11-04T03:00:00-05:00"
      })
  void clockChanges(String after, String schedule, String expected) throws Exception {
    Instant from = ZonedDateTime.parse(after).toInstant();

    assertThat(parse(schedule, NEW_YORK).next(from))
        .isEqualTo(ZonedDateTime.parse(expected).toInstant());
    assertThat(parse("TZ=America/New_York " + schedule, UTC).next(from))
        .isEqualTo(ZonedDateTime.parse(expected).toInstant());
    assertThat(parse("CRON_TZ=America/New_York " + schedule, UTC).next(from))
        .isEqualTo(ZonedDateTime.parse(expected).toInstant());
  }

  @Test
  void midnightThatAClockChangeSkips() throws Exception {
    ZoneId saoPaulo = ZoneId.of("America/Sao_Paulo");
    Instant before = ZonedDateTime.parse("2018-11-02T12:00:00-03:00").toInstant();

    Instant next = parse("0 0 9 4 Nov ?", saoPaulo).next(before);

    assertThat(next).isEqualTo(ZonedDateTime.parse("2018-11-04T09:00:00-02:00").toInstant());
  }

  @ParameterizedTest
  @CsvSource({
    "@every 1s, 2026-01-01T10:00:00.9Z, 2026-01-01T10:00:01Z",
    "@every 100ms, 2026-01-01T10:00:00.2Z, 2026-01-01T10:00:01Z",
    "@every 90m, 2026-01-01T10:00:00Z, 2026-01-01T11:30:00Z",
    "@every 1h30m10.9s, 2026-01-01T10:00:00Z, 2026-01-01T11:30:10Z",
    "@hourly, 2026-01-01T10:00:00Z, 2026-01-01T11:00:00Z",
    "@daily, 2026-01-01T10:00:00Z, 2026-01-02T00:00:00Z",
    "@midnight, 2026-01-01T10:00:00Z, 2026-01-02T00:00:00Z",
    "@weekly, 2026-01-01T10:00:00Z, 2026-01-04T00:00:00Z",
    "@monthly, 2026-01-01T10:00:00Z, 2026-02-01T00:00:00Z",
    "@yearly, 2026-01-01T10:00:00Z, 2027-01-01T00:00:00Z",
    "@annually, 2026-01-01T10:00:00Z, 2027-01-01T00:00:00Z"
  })
  void descriptors(String schedule, String after, String expected) throws Exception {
    assertThat(parse(schedule, UTC).next(Instant.parse(after))).isEqualTo(Instant.parse(expected));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "every now and then | expected 5 to 6 fields, found 4: [every now and then]",
        "* * * * | expected 5 to 6 fields, found 4: [* * * *]",
        "0 0 0 1 1 * 2030 | expected 5 to 6 fields, found 7: [0 0 0 1 1 * 2030]",
        "61 * * * * * | end of range (61) above maximum (59): 61",
        "* * 0 * * | beginning of range (0) below minimum (1): 0",
        "* * * * 7 | end of range (7) above maximum (6): 7",
        "* 5-3 * * * | beginning of range (5) beyond end of range (3): 5-3",
        "1-2-3 * * * * | too many hyphens: 1-2-3",
        "1/2/3 * * * * | too many slashes: 1/2/3",
        "*/0 * * * * | step of range should be a positive number: */0",
        "x * * * * | failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax",
        "*/-1 * * * * | negative number (-1) not allowed: -1",
        "@reboot | unrecognized descriptor: @reboot",
        "@every | unrecognized descriptor: @every",
        "@every x | failed to parse duration @every x: time: invalid duration \"x\"",
        "TZ=Mars/Base * * * * * | provided bad location Mars/Base: unknown time zone Mars/Base",
        "TZ=UTC | no schedule after the time zone: TZ=UTC"
      })
  void whatCanNotBeRead(String schedule, String message) {
    assertThatThrownBy(() -> parse(schedule, UTC)).hasMessage(message);
  }

  @Test
  void anEmptyScheduleCanNotBeRead() {
    assertThatThrownBy(() -> parse("", UTC)).hasMessage("empty spec string");
  }

  @ParameterizedTest
  @ValueSource(strings = {"*/5 * * * *", "0 30 * * * ?", "0 0 * JAN MON", "TZ=UTC 0 0 * * *"})
  void whatCanBeRead(String schedule) throws Exception {
    assertThat(parse(schedule, UTC).next(Instant.EPOCH)).isNotNull();
  }

  /** Against the definition: the first second after the given one whose fields all fit. */
  @Test
  void theNextDueTimeIsTheFirstSecondThatFits() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 100; round++) {
      RandomSchedule any = new RandomSchedule(random);
      Instant after =
          Instant.parse("2024-02-27T00:00:00Z").plusSeconds(random.nextInt(40 * 86_400));
      Instant next = parse(any.text(), UTC).next(after);
      Instant expected = any.firstAfter(after, Duration.ofDays(1));
      if (expected != null) {
        assertThat(next).as(any.text() + " after " + after).isEqualTo(expected);
      } else if (next != null) {
        assertThat(next).as(any.text()).isAfter(after.plus(Duration.ofDays(1)));
        assertThat(any.fits(next.atZone(UTC))).as(any.text() + " at " + next).isTrue();
      }
    }
  }

  @Test
  void dueTimesOfAnyZoneGrowAndFit() throws Exception {
    Random random = new Random(11);
    for (String zone :
        List.of("America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/Havana")) {
      for (int round = 0; round < 60; round++) {
        RandomSchedule any = new RandomSchedule(random);
        Instant at = Instant.parse("2025-01-01T00:00:00Z").plusSeconds(random.nextInt(31_000_000));
        for (int step = 0; step < 5; step++) {
          Instant next = parse(any.text(), ZoneId.of(zone)).next(at);
          if (next == null) {
            break;
          }
          assertThat(next).as(any.text()).isAfter(at);
          assertThat(any.fits(next.atZone(ZoneId.of(zone)))).as(any.text() + " " + next).isTrue();
          at = next;
        }
      }
    }
  }

  /** Six random fields with an independent notion of what fits. */
  private static final class RandomSchedule {
    private static final int[][] BOUNDS = {{0, 59}, {0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};
    private final List<String> words = new ArrayList<>();
    private final List<TreeSet<Integer>> values = new ArrayList<>();
    private final boolean[] star = new boolean[6];

    RandomSchedule(Random random) {
      for (int field = 0; field < 6; field++) {
        int min = BOUNDS[field][0];
        int max = BOUNDS[field][1];
        TreeSet<Integer> fitting = new TreeSet<>();
        String word;
        int low = min + random.nextInt(max - min + 1);
        int high = low + random.nextInt(max - low + 1);
        int step = 1 + random.nextInt(7);
        switch (random.nextInt(6)) {
          case 0 -> {
            word = random.nextBoolean() ? "*" : "?";
            star[field] = true;
            add(fitting, min, max, 1);
          }
          case 1 -> {
            word = "*/" + step;
            star[field] = step == 1;
            add(fitting, min, max, step);
          }
          case 2 -> {
            word = low + "-" + high;
            add(fitting, low, high, 1);
          }
          case 3 -> {
            word = low + "-" + high + "/" + step;
            add(fitting, low, high, step);
          }
          case 4 -> {
            word = low + "/" + step;
            add(fitting, low, max, step);
          }
          default -> {
            word = low + "," + high;
            fitting.add(low);
            fitting.add(high);
          }
        }
        words.add(word);
        values.add(fitting);
      }
    }

    private static void add(TreeSet<Integer> set, int from, int to, int step) {
      for (int value = from; value <= to; value += step) {
        set.add(value);
      }
    }

    String text() {
      return String.join(" ", words);
    }

    boolean fits(ZonedDateTime time) {
      boolean ofMonth = values.get(3).contains(time.getDayOfMonth());
      int weekday = time.getDayOfWeek() == DayOfWeek.SUNDAY ? 0 : time.getDayOfWeek().getValue();
      boolean ofWeek = values.get(5).contains(weekday);
      return values.get(0).contains(time.getSecond())
          && values.get(1).contains(time.getMinute())
          && values.get(2).contains(time.getHour())
          && values.get(4).contains(time.getMonthValue())
          && (star[3] || star[5] ? ofMonth && ofWeek : ofMonth || ofWeek);
    }

    Instant firstAfter(Instant after, Duration horizon) {
      ZonedDateTime time = after.atZone(UTC);
      ZonedDateTime end = time.plus(horizon);
      for (time = time.plusSeconds(1); !time.isAfter(end); time = time.plusSeconds(1)) {
        if (fits(time)) {
          return time.toInstant();
        }
      }
      return null;
    }
  }
}
