package io.jitney.components.spi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeptBytesTest {
  private final KeptBytes all = new KeptBytes(1_000);
  private final KeptBytes.Share red = all.share();
  private final KeptBytes.Share blue = all.share();

  @Test
  void nobodyTakesMoreThanHalfOfWhatOthersLeave() {
    assertThat(red.change(501)).isFalse();
    assertThat(red.change(500)).isTrue();
    assertThat(red.change(1)).isFalse();
    assertThat(blue.mostNow()).isEqualTo(250);
    assertThat(blue.change(250)).isTrue();
    assertThat(blue.change(1)).isFalse();
  }

  @Test
  void whatIsGivenBackIsThereForOthers() {
    red.change(500);
    red.change(-400);
    assertThat(blue.change(450)).isTrue();
    assertThat(red.change(200)).as("beside what blue has now").isFalse();
    blue.clear();
    assertThat(red.change(400)).isTrue();
    assertThat(red.held()).isEqualTo(500);
  }
}
