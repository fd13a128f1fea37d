package io.jitney.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class TenantIdTest {

  @Test
  void readsAsNamespaceAndAppId() {
    assertThat(new TenantId("prod", "cart")).hasToString("prod/cart");
    assertThat(new InstanceId(new TenantId("prod", "cart"), 3)).hasToString("prod/cart#3");
  }

  @Test
  void theSameAppIdInTwoNamespacesIsTwoTenants() {
    assertThat(new TenantId("a", "cart")).isNotEqualTo(new TenantId("b", "cart"));
  }

  @Test
  void anAppIdIsNeeded() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new TenantId("prod", ""))
        .withMessageContaining("appId");
  }

  @Test
  @SuppressWarnings("NullAway") // null is the point
  void nullIsRefusedByName() {
    assertThatNullPointerException()
        .isThrownBy(() -> new TenantId(null, "a"))
        .withMessage("namespace");
    assertThatNullPointerException()
        .isThrownBy(() -> new TenantId("prod", null))
        .withMessage("appId");
  }

  @Test
  void aNamespaceMayBeEmpty() {
    assertThat(new TenantId("", "cart").namespace()).isEmpty();
  }
}
