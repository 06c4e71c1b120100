"""What the catalogue decides: which materials, which variant, and whether an item keeps the rules.

``narrowing``: the guide after the questions. ``checking``: rules every published item must keep.
``held``: what may not be asked for. ``trusting``: late materials, commitments, fees. ``importing``: what one line of a catalogue file means. ``words``: an item in another language.
"""

from yiwang.capability.catalogue.rules.checking import check_item as check_item
from yiwang.capability.catalogue.rules.held import Held as Held
from yiwang.capability.catalogue.rules.held import check_held as check_held
from yiwang.capability.catalogue.rules.narrowing import Narrowed as Narrowed
from yiwang.capability.catalogue.rules.narrowing import asked as asked
from yiwang.capability.catalogue.rules.narrowing import holds as holds
from yiwang.capability.catalogue.rules.narrowing import narrow as narrow
