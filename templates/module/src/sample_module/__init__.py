"""The front door: everything that other packages may use is named here."""

from dotmac_core_ops.module import Module, Permission
from sample_module.notes.events import NoteArchived, NoteWritten
from sample_module.notes.routes import router

__all__ = ["NoteArchived", "NoteWritten", "module"]

module = Module(
    "sample_label",
    routers=(router,),
    events=(NoteWritten, NoteArchived),
    permissions=(
        Permission("notes:read", "Read notes."),
        Permission("notes:write", "Write and archive notes."),
    ),
)
