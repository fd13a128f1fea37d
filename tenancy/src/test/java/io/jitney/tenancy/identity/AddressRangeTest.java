package io.jitney.tenancy.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, 10.1.2.3/32",
    "10.1.2.3/8, 10.0.0.0/8",
    "10.1.2.3/31, 10.1.2.2/31",
    "255.255.255.255/1, 128.0.0.0/1",
    "0.0.0.0/0, 0.0.0.0/0",
    "::1, 0:0:0:0:0:0:0:1/128",
    "fd00:1:2:3:4:5:6:7/64, fd00:1:2:3:0:0:0:0/64",
    "fd00:1:2:3:ffff:5:6:7/65, fd00:1:2:3:8000:0:0:0/65",
    "ffff::/1, 8000:0:0:0:0:0:0:0/1",
    "::/0, 0:0:0:0:0:0:0:0/0",
    "::ffff:10.1.2.3, 10.1.2.3/32",
    "::ffff:10.1.2.3/104, 10.0.0.0/8",
  })
  void readsAndCuts(String text, String canonical) {
    assertThat(AddressRange.parse(text)).hasToString(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "localhost",
        "example.com/8",
        "10",
        "10.1",
        "10.1.2",
        "10.1.2.256",
        "10.1.2.3.4",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/8/8",
        "10.0.0.0/8 ",
        "::/129",
        "fe80::1%eth0",
        "::ffff:10.0.0.0/8",
        "1::2::3",
        "10.0.0.0/9999999999",
      })
  void refusesWhatIsNoRange(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AddressRange.parse(text))
        .withMessageContaining("\"" + text + "\"");
  }

  @Test
  void anIpv4AddressInIpv6ClothesIsIpv4() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = 10;
    mapped[15] = 7;
    InetAddress address = Inet6Address.getByAddress(null, mapped, 0);

    assertThat(AddressRange.of(address)).hasToString("10.0.0.7/32");
  }
}
