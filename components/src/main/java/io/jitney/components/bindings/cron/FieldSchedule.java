package io.jitney.components.bindings.cron;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Fields as sets of bits, bit n for value n. Days fit when both day fields fit if one of them is a
 * star, else when either fits.
 *
 * @param zone in which the fields are meant
 */
record FieldSchedule(
    long second, long minute, long hour, long dayOfMonth, long month, long dayOfWeek, ZoneId zone)
    implements Schedule {
  /** Set in a field that was given as {@code *} or {@code ?}. */
  static final long STAR = 1L << 63;

  private static final int YEARS = 5;

  /**
   * The Go library's walk, step by step: each field is moved on until it fits, and the walk starts
   * again when a larger one turned over. Where a clock change leaves no such local time, Go's
   * choice counts.
   */
  @Override
  public @Nullable Instant next(Instant after) {
    ZonedDateTime time = after.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1).atZone(zone);
    int lastYear = time.getYear() + YEARS;
    boolean moved = false;
    while (time.getYear() <= lastYear) {
      boolean turned = false;
      while (!fits(month, time.getMonthValue())) {
        time = moved ? time : date(time.getYear(), time.getMonthValue(), 1, 0, 0, 0);
        moved = true;
        time = moreMonths(time);
        if (time.getMonthValue() == 1) {
          turned = true;
          break;
        }
      }
      while (!turned && !fitsDay(time)) {
        time = moved ? time : atHour(time, 0);
        moved = true;
        time = nextDay(time);
        turned = time.getDayOfMonth() == 1;
      }
      while (!turned && !fits(hour, time.getHour())) {
        time = moved ? time : atHour(time, time.getHour());
        moved = true;
        time = time.plusHours(1);
        turned = time.getHour() == 0;
      }
      while (!turned && !fits(minute, time.getMinute())) {
        time = moved ? time : time.truncatedTo(ChronoUnit.MINUTES);
        moved = true;
        time = time.plusMinutes(1);
        turned = time.getMinute() == 0;
      }
      while (!turned && !fits(second, time.getSecond())) {
        moved = true;
        time = time.plusSeconds(1);
        turned = time.getSecond() == 0;
      }
      if (!turned) {
        return time.toInstant();
      }
    }
    return null;
  }

  private static boolean fits(long field, int value) {
    return (1L << value & field) != 0;
  }

  private boolean fitsDay(ZonedDateTime time) {
    boolean ofMonth = fits(dayOfMonth, time.getDayOfMonth());
    boolean ofWeek = fits(dayOfWeek, time.getDayOfWeek().getValue() % 7);
    return (dayOfMonth & STAR) != 0 || (dayOfWeek & STAR) != 0
        ? ofMonth && ofWeek
        : ofMonth || ofWeek;
  }

  private ZonedDateTime atHour(ZonedDateTime time, int hour) {
    return date(time.getYear(), time.getMonthValue(), time.getDayOfMonth(), hour, 0, 0);
  }

  private ZonedDateTime moreMonths(ZonedDateTime time) {
    LocalDateTime on = time.toLocalDateTime().withDayOfMonth(1).plusMonths(1);
    return date(on);
  }

  /** Midnight of the next day, or what a clock change has left of it. */
  private ZonedDateTime nextDay(ZonedDateTime time) {
    ZonedDateTime next = date(time.toLocalDateTime().plusDays(1));
    if (next.getHour() != 0) {
      next =
          next.getHour() > 12
              ? next.plusHours(24 - next.getHour())
              : next.minusHours(next.getHour());
    }
    return next;
  }

  private ZonedDateTime date(int year, int month, int day, int hour, int minute, int second) {
    return date(LocalDateTime.of(year, month, day, hour, minute, second));
  }

  /** {@code time.Date}: decides about local times that do not exist or exist twice. */
  private ZonedDateTime date(LocalDateTime local) {
    Instant asUtc = local.toInstant(ZoneOffset.UTC);
    ZoneOffset guess = zone.getRules().getOffset(asUtc);
    ZoneOffset offset = zone.getRules().getOffset(asUtc.minusSeconds(guess.getTotalSeconds()));
    return asUtc.minusSeconds(offset.getTotalSeconds()).atZone(zone);
  }
}
