package io.jitney.loadtest.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EventLedgerTest {
  private final EventLedger ledger = new EventLedger();

  @Test
  void tellsWhatIsMissingWhatCameTwiceAndWhatNobodyWasToldOf() {
    long kept = ledger.next();
    long lost = ledger.next();
    long inDoubt = ledger.next();
    long neverSent = inDoubt + 1;
    ledger.acknowledged(kept);
    ledger.acknowledged(lost);

    ledger.arrived(kept);
    ledger.arrived(kept);
    ledger.arrived(inDoubt);
    ledger.arrived(neverSent);
    ledger.arrived(3);

    assertThat(ledger.published()).isEqualTo(3);
    assertThat(ledger.acknowledgedCount()).isEqualTo(2);
    assertThat(ledger.arrivedCount()).isEqualTo(2);
    assertThat(ledger.duplicates()).isEqualTo(1);
    assertThat(ledger.missing()).isEqualTo(1);
    assertThat(ledger.unexpected()).isEqualTo(1);
  }
}
