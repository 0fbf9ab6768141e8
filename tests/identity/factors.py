"""A person's app, as tests hold it: it makes the codes that a phone would show."""

import pyotp
from django.utils import timezone

from audits.identity.actors import Actor
from audits.identity.services.second_factor import STEP, begin_factor, confirm_factor


class App:
    """Adds a second factor to a person; each code it gives is of the next time step."""

    def __init__(self, actor: Actor) -> None:
        self.totp = pyotp.TOTP(begin_factor(actor=actor).secret)
        self.step = int(timezone.now().timestamp()) // STEP - 1
        self.recovery = confirm_factor(actor=actor, code=self.totp.generate_otp(self.step))

    def code(self) -> str:
        """The next code; at most two more within one test, as the clock allows."""
        self.step += 1
        return self.totp.generate_otp(self.step)

    def used(self) -> str:
        """The code that was given last."""
        return self.totp.generate_otp(self.step)
