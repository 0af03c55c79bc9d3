"""The front door: everything that other packages may use is named here."""

from dotmac_core_ops.module import Module, Permission
from sample_module.notes.events import SampleNoteArchived, SampleNoteChanged, SampleNoteWritten
from sample_module.notes.routes import router

__all__ = ["SampleNoteArchived", "SampleNoteChanged", "SampleNoteWritten", "module"]

module = Module(
    "sample_label",
    routers=(router,),
    events=(SampleNoteWritten, SampleNoteChanged, SampleNoteArchived),
    permissions=(
        Permission("sample_label_notes:read", "Read notes."),
        Permission("sample_label_notes:write", "Write, change and archive notes."),
    ),
)
