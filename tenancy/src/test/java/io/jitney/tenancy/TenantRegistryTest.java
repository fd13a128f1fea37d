package io.jitney.tenancy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.jitney.tenancy.admission.Admission;
import io.jitney.tenancy.admission.Quota;
import io.jitney.tenancy.lifecycle.TenantState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TenantRegistryTest {
  private static final TenantId A = new TenantId("prod", "a");
  private static final TenantId B = new TenantId("prod", "b");
  private static final Quota TWO_AT_ONCE = new Quota(0, 0, 2);

  private final TenantRegistry<String> registry = new TenantRegistry<>();

  @Test
  void theFirstInstanceMakesTheTenantAndTheLastOneTakesItAlong() {
    assertThat(registry.tenant(A)).isEmpty();

    Instance<String> one = registry.open(A);
    Instance<String> two = registry.open(A);

    assertThat(registry.tenant(A)).containsSame(one.tenant());
    assertThat(two.tenant()).isSameAs(one.tenant());
    assertThat(registry.instances(A)).containsExactly(one, two);
    assertThat(one.tenant().declared()).isFalse();

    one.close();
    assertThat(registry.instances(A)).containsExactly(two);

    two.close();
    assertThat(registry.tenant(A)).isEmpty();
    assertThat(registry.instances(A)).isEmpty();
    assertThat(registry.tenants()).isEmpty();
  }

  @Test
  void oneTenantSeesNothingOfAnother() {
    Instance<String> a = registry.open(A);
    Instance<String> b = registry.open(B);

    Admission ofA = a.tenant().admission().admit();

    assertThat(ofA).isInstanceOf(Admission.Admitted.class);
    assertThat(a.tenant().usage().calls().inFlight()).isEqualTo(1);
    assertThat(b.tenant().usage().calls().inFlight()).isZero();
    assertThat(registry.instances(B)).containsExactly(b);
    a.close();
    assertThat(registry.tenants()).extracting(Tenant::id).containsExactly(B);
  }

  @Test
  void noNumberIsUsedTwice() {
    Instance<String> first = registry.open(A);
    first.close();

    assertThat(first.id()).isEqualTo(new InstanceId(A, 1));
    assertThat(registry.open(A).id()).isEqualTo(new InstanceId(A, 2));
    assertThat(registry.open(B).id()).isEqualTo(new InstanceId(B, 3));
  }

  @Test
  void aSnapshotOfInstancesIsNotCopiedAndDoesNotChange() {
    Instance<String> one = registry.open(A);
    List<Instance<String>> before = registry.instances(A);

    registry.open(A);

    assertThat(before).containsExactly(one).isUnmodifiable();
    assertThat(registry.instances(A)).hasSize(2).isSameAs(registry.instances(A));
  }

  @Test
  void aDeclaredTenantStaysWithoutInstances() {
    Tenant declared = registry.declare(A, TWO_AT_ONCE);

    Instance<String> instance = registry.open(A);
    assertThat(instance.tenant()).isSameAs(declared);
    instance.close();

    assertThat(registry.tenant(A)).containsSame(declared);
    assertThat(registry.instances(A)).isEmpty();
    assertThat(declared.usage().instancesOpened()).isEqualTo(1);
    assertThat(declared.usage().instances()).isZero();

    assertThat(registry.undeclare(A)).isTrue();
    assertThat(registry.tenant(A)).isEmpty();
    assertThat(registry.undeclare(A)).isFalse();
  }

  @Test
  void anUndeclaredTenantWithInstancesStaysUntilTheLastOfThem() {
    registry.declare(A, TWO_AT_ONCE);
    Instance<String> instance = registry.open(A);

    registry.undeclare(A);

    assertThat(registry.tenant(A)).containsSame(instance.tenant());
    assertThat(instance.tenant().quota()).isEqualTo(Quota.UNLIMITED);
    instance.close();
    assertThat(registry.tenant(A)).isEmpty();
  }

  @Test
  void undeclaringAnInstancesOnlyTenantChangesNothing() {
    registry.open(A);

    assertThat(registry.undeclare(A)).isFalse();
    assertThat(registry.tenant(A)).isPresent();
  }

  @Test
  void aQuotaDeclaredLaterAppliesAtOnceAndKeepsWhatIsInFlight() {
    Tenant tenant = registry.open(A).tenant();
    tenant.admission().admit();
    tenant.admission().admit();

    registry.declare(A, TWO_AT_ONCE);

    assertThat(tenant.quota()).isEqualTo(TWO_AT_ONCE);
    assertThat(tenant.admission().inFlight()).isEqualTo(2);
    assertThat(tenant.admission().admit()).isInstanceOf(Admission.Refused.class);
  }

  @Test
  void instancesOfATenantShareItsQuota() {
    registry.declare(A, TWO_AT_ONCE);
    Instance<String> one = registry.open(A);
    Instance<String> two = registry.open(A);

    one.tenant().admission().admit();
    two.tenant().admission().admit();

    assertThat(one.tenant().admission().admit()).isInstanceOf(Admission.Refused.class);
  }

  @Test
  void theDefaultQuotaIsForAllThatHaveNoneOfTheirOwn() {
    Quota own = new Quota(5, 5, 5);
    registry.declare(A, own);
    registry.declare(B);
    Instance<String> other = registry.open(new TenantId("prod", "c"));

    registry.defaultQuota(TWO_AT_ONCE);

    assertThat(registry.tenant(A).orElseThrow().quota()).isEqualTo(own);
    assertThat(registry.tenant(B).orElseThrow().quota()).isEqualTo(TWO_AT_ONCE);
    assertThat(other.tenant().quota()).isEqualTo(TWO_AT_ONCE);
    assertThat(registry.open(new TenantId("prod", "d")).tenant().quota()).isEqualTo(TWO_AT_ONCE);

    registry.declare(A);
    assertThat(registry.tenant(A).orElseThrow().quota()).isEqualTo(TWO_AT_ONCE);
  }

  @Test
  void listenersHearOfInstancesAfterTheFact() {
    List<String> heard = new ArrayList<>();
    TenantListener<String> listener =
        new TenantListener<>() {
          @Override
          public void opened(Instance<String> instance) {
            heard.add("+" + instance.id() + " of " + registry.instances(A).size());
          }

          @Override
          public void closed(Instance<String> instance) {
            heard.add("-" + instance.id() + " of " + registry.instances(A).size());
          }
        };
    registry.addListener(listener);

    Instance<String> one = registry.open(A);
    registry.open(A);
    one.close();
    one.close();
    registry.removeListener(listener);
    registry.open(A);

    assertThat(heard).containsExactly("+prod/a#1 of 1", "+prod/a#2 of 2", "-prod/a#1 of 1");
  }

  @Test
  void aListenerMayCloseWhatItHearsOf() {
    registry.addListener(
        new TenantListener<>() {
          @Override
          public void opened(Instance<String> instance) {
            instance.close();
          }
        });

    Instance<String> instance = registry.open(A);

    assertThat(instance.lifeCycle().state()).isInstanceOf(TenantState.Closed.class);
    assertThat(registry.tenants()).isEmpty();
  }

  @Test
  void theRuntimeIsAttachedOnce() {
    Instance<String> instance = registry.open(A);

    assertThatIllegalStateException()
        .isThrownBy(instance::runtime)
        .withMessage("instance prod/a#1 has no runtime yet");
    assertThat(instance.attached()).isEmpty();

    instance.attach("runtime");

    assertThat(instance.runtime()).isEqualTo("runtime");
    assertThat(instance.attached()).contains("runtime");
    assertThatIllegalStateException()
        .isThrownBy(() -> instance.attach("another"))
        .withMessage("instance prod/a#1 has a runtime already");
  }

  @Test
  void whoComesTooLateWithARuntimeKeepsIt() {
    Instance<String> instance = registry.open(A);
    instance.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> instance.attach("runtime"))
        .withMessage("instance prod/a#1 is closed");
  }

  @Test
  void closingEndsTheLifeCycleFromWhereverItIs() {
    Instance<String> opening = registry.open(A);
    Instance<String> running = registry.open(A);
    running.lifeCycle().running();
    Instance<String> draining = registry.open(A);
    draining.lifeCycle().draining();
    Instance<String> failed = registry.open(A);
    failed.lifeCycle().failed("port taken");
    List<String> moves = new ArrayList<>();
    opening.lifeCycle().onChange((from, to) -> moves.add(to.name()));

    List<Instance<String>> all = List.of(opening, running, draining, failed);
    all.forEach(Instance::close);

    assertThat(all)
        .allSatisfy(
            instance -> assertThat(instance.lifeCycle().state().name()).isEqualTo("closed"));
    assertThat(moves).containsExactly("draining", "closed");
    assertThat(opening).hasToString("prod/a#1 (closed)");
  }

  @Test
  void picksAmongTheInstancesOfOneTenant() {
    Instance<String> busy = registry.open(A);
    busy.attach("five");
    busy.lifeCycle().running();
    Instance<String> idle = registry.open(A);
    idle.attach("no");
    idle.lifeCycle().running();
    registry.open(A);
    registry.open(B).lifeCycle().running();

    Instance<String> picked =
        registry.pick(A, instance -> instance.lifeCycle().isRunning(), i -> i.runtime().length());

    assertThat(picked).isSameAs(idle);
    assertThat(registry.pick(new TenantId("test", "a"), instance -> true, i -> 0)).isNull();
  }

  @Test
  void showsAllInstancesForStatus() {
    Instance<String> a = registry.open(A);
    Instance<String> b = registry.open(B);

    assertThat(registry.instances()).containsExactlyInAnyOrder(a, b);
  }
}
